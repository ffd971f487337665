import type { Outcome } from "../../../sandbox/command.ts";
import type { Stack, StackCommand } from "../stack.ts";

/** More than a person would have to do. */
const mostRounds = 6;

/**
 * Runs a command until it succeeds, and does only what its messages say in between.
 *
 * @returns the commands that were run
 * @throws Error with the output of a run that fails and names no command, or doesn't get on
 */
export async function goOn(stack: Stack, command: StackCommand): Promise<string[]> {
  const ran: string[] = [];
  for (let round = 1; ; round += 1) {
    ran.push(shortNameOf(command));
    const outcome = await run(stack, command);
    if (outcome.code === 0) {
      return ran;
    }
    const message = outcome.stdout + outcome.stderr;
    const advice = adviceIn(message).filter((one) => shortNameOf(one) !== shortNameOf(command));
    const isToBeRepeated = message.includes(shortNameOf(command));
    if (round === mostRounds || (advice.length === 0 && !isToBeRepeated)) {
      throw failure(command, outcome);
    }
    for (const one of advice) {
      ran.push(shortNameOf(one));
      const followed = await run(stack, one);
      if (followed.code !== 0) {
        const next = adviceIn(followed.stdout + followed.stderr).filter(
          (other) => shortNameOf(other) !== shortNameOf(one),
        );
        if (next.length === 0) {
          throw failure(one, followed);
        }
      }
    }
  }
}

/** The commands that a message names. */
function adviceIn(message: string): StackCommand[] {
  const known: [string, StackCommand][] = [
    ["pulumi cancel", ["pulumi", "cancel", "--yes"]],
    ["npm run recover", ["recover", "--yes"]],
    ["pulumi up --refresh", ["pulumi", "up", "--yes", "--skip-preview", "--refresh"]],
  ];
  return known.flatMap(([text, command]) => (message.includes(text) ? [command] : []));
}

function run(stack: Stack, [name, ...args]: StackCommand): Promise<Outcome> {
  return name === "pulumi" ? stack.pulumi([...args, "--stack", stack.name]) : stack.script(name, args);
}

function shortNameOf([name, ...args]: StackCommand): string {
  return name === "pulumi"
    ? `pulumi ${args.filter((arg) => !["--yes", "--skip-preview"].includes(arg)).join(" ")}`
    : `npm run ${name}`;
}

function failure(command: StackCommand, { code, stdout, stderr }: Outcome): Error {
  return new Error(`${shortNameOf(command)} ended with ${code}:\n${stdout}\n${stderr}`);
}
