import { quoteForShell } from "../checklist/shell.ts";
import { HetznerClient } from "../hetzner/client.ts";
import { testedImage } from "../hetzner/image.ts";
import { lookAtOrder } from "../hetzner/order.ts";
import { volumeSetting } from "../hetzner/state-volume.ts";
import { backupHint } from "./lib/backup/hint.ts";
import { confirm } from "./lib/command/ask.ts";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError, UserError } from "./lib/command/user-error.ts";
import { planMove, type Settings } from "./lib/move/plan.ts";
import { requireNotInterrupted, surviveClosedOutput, uninterrupted } from "./lib/process/uninterrupted.ts";
import { readHetznerAccess } from "./lib/stack/hetzner.ts";
import { runPulumi } from "./lib/stack/pulumi-cli.ts";
import { showPulumi } from "./lib/stack/pulumi-shown.ts";
import { readValues } from "./lib/stack/settings.ts";
import { type Address, readStackState, serverIn, type StackState, volumeIn } from "./lib/stack/state.ts";
import { deleteStack } from "./lib/teardown/deletion.ts";

await runCommand({
  name: "move",
  usage: ["[OPTION …] LOCATION"],
  description: [
    "Moves the stack to another location of Hetzner, as long as its address isn't whitelisted.",
    "An address and a volume can't move, so the old ones are deleted, with the server if there is one, and new ones are made. The bot's state ends with them, so it names the backup that keeps it. It looks first whether the new server can be ordered and what it costs, and asks. It refuses if a key pair is live on the server or in the settings.",
    "If it is interrupted, run it again.",
  ],
  takes: "arguments",
  options: { yes: flag("don't ask") },
  exitCodes: {
    0: "the stack is at that location",
    1: "you didn't answer yes, or a step failed",
    2: "the command line is wrong, or the stack can't move there; nothing was changed",
    130: "you pressed Ctrl-C: nothing more was deleted or ordered",
  },
  run: async ({ yes, stack }, args) => {
    const [location] = args;
    if (location === undefined || args.length > 1) {
      throw new UsageError("Name exactly one location, such as: npm run move -- nbg1");
    }
    const [state, settings] = await Promise.all([readStackState(stack), readValues(stack)]);
    const plan = planMove(state, settings, location);
    if (plan.kind === "nothing") {
      process.stdout.write(`The address ${plan.address.ipAddress} is in ${location} already.\n`);
      return 0;
    }
    if (plan.kind === "delete-first") {
      const access = await readHetznerAccess(stack);
      process.stdout.write(
        forStack(
          await look(new HetznerClient(access), settings, nameOf(state, plan.address), location),
          stack,
        ),
      );
      process.stdout.write(forStack(announcement(state, plan.address, location), stack));
      if (!(await confirm({ text: `Move to ${location}? Type yes: `, answer: "yes", yes }))) {
        process.stdout.write("Nothing was changed.\n");
        return 1;
      }
      return uninterrupted(async () =>
        (await deleteStack(
          { stack, access, toContinue: toContinue(location) },
          { address: false, volume: false },
        ))
          ? order(stack, location, yes)
          : failed("Not everything was deleted", location, stack),
      );
    }
    return uninterrupted(() => order(stack, location, yes));
  },
});

/** Makes the address and the server in the new location. @returns the exit code */
async function order(stack: string | undefined, location: string, yes: boolean): Promise<number> {
  surviveClosedOutput();
  requireNotInterrupted(`Interrupted. Nothing was ordered. ${toContinue(location)}`);
  await runPulumi(["config", "set", "location", location], stack, "The setting location can't be changed.");
  requireNotInterrupted(`Interrupted. Nothing was ordered. ${toContinue(location)}`);
  const code = await showPulumi(["up", ...(yes ? ["--yes"] : [])], stack, { input: "inherit" });
  requireNotInterrupted(`Interrupted. ${toContinue(location)}`);
  return code === 0 ? 0 : failed("`pulumi up` has not finished", location, stack);
}

/** @returns what people read about the new order. @throws UserError if it isn't possible */
async function look(
  client: HetznerClient,
  { serverType, stateVolume }: Settings,
  name: string,
  location: string,
): Promise<string> {
  const { errors, warnings, report } = await lookAtOrder(client, {
    name,
    image: testedImage,
    serverType: serverType === "" ? undefined : serverType,
    location,
    locations: [location],
    replaces: "server-and-address",
    volume: volumeSetting(stateVolume),
  });
  if (errors.length > 0) {
    throw new UserError([...errors, report.trimEnd(), "Nothing was changed."].join("\n"));
  }
  return [...warnings, report].join("\n");
}

/** The name at Hetzner, which everything of a stack has. */
function nameOf(state: StackState, address: Address | undefined): string {
  return address?.name ?? volumeIn(state)?.name ?? "";
}

function announcement(state: StackState, address: Address | undefined, location: string): string {
  const [server, volume] = [serverIn(state), volumeIn(state)];
  const deleted = [
    ...(address === undefined ? [] : [`the address ${address.ipAddress} in ${address.location}`]),
    ...(server === undefined ? [] : [`the server ${server.name} with its disk`]),
    ...(volume === undefined
      ? []
      : [`the volume ${volume.name} in ${volume.location} with the bot's state, if there is one on it`]),
  ];
  return [
    `This deletes ${listed(deleted)}. Then it makes new ones in ${location}, with another address.`,
    ...(server === undefined
      ? []
      : [
          `${backupHint}. After the move, install the bot again: npm run restore -- FILE`,
          "A key that `npm run make-key` made ends with this disk: make another one afterwards.",
        ]),
    ...(address === undefined
      ? []
      : [
          `Another customer of Hetzner may get ${address.ipAddress}. Don't go on if you have entered it anywhere at Binance.`,
        ]),
    "",
  ].join("\n");
}

/** "a, b and c" */
function listed(items: string[]): string {
  return [items.slice(0, -1).join(", "), ...items.slice(-1)].filter(Boolean).join(" and ");
}

function toContinue(location: string): string {
  return `To continue: npm run move -- ${quoteForShell(location)}`;
}

function failed(what: string, location: string, stack: string | undefined): number {
  process.stderr.write(forStack(`${what}: Pulumi's messages say why. ${toContinue(location)}\n`, stack));
  return 1;
}
