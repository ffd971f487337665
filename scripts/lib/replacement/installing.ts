import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import { requireNotInterrupted } from "../process/uninterrupted.ts";
import { readStackOutputs } from "../stack/outputs.ts";
import { showPulumi } from "../stack/pulumi-shown.ts";
import { readStackState, serverIn } from "../stack/state.ts";
import { finish } from "./finishing.ts";
import type { Journal } from "./journal.ts";
import { texts } from "./kind.ts";
import { note, type Replacement, report } from "./replacement.ts";
import { replacing } from "./replacing-variable.ts";
import { restoreState } from "./restoring.ts";

/**
 * Runs `pulumi up`, which makes the server or sets up its fresh system, and restores what was saved.
 *
 * @param flags of `pulumi up`
 * @returns the exit code
 */
export async function install(
  replacement: Replacement,
  journal: Journal,
  flags: string[] = [],
): Promise<number> {
  const { kind, stack, folder } = replacement;
  const environment = flags.includes("--replace") ? { [replacing]: "server" } : {};
  const code = await showPulumi(["up", ...flags, "--yes", "--skip-preview"], stack, { environment });
  // The hint to continue follows: `hintWhenInterrupted`.
  requireNotInterrupted(
    `\`pulumi up\` was interrupted. The bot stays off until the ${texts[kind].name} is finished or given up.`,
  );
  const server = serverIn(await readStackState(stack));
  if (code === 0 && server !== undefined && server.generation !== journal.replaced) {
    return restoreAndFinish(replacement, journal, server.generation);
  }
  const saved = journal.savedState === undefined ? "" : ` The saved state is in ${folder}.`;
  throw new UserError(
    `\`pulumi up\` has not finished: see its messages above. If one says that the stack is locked, run \`pulumi cancel\` first.${saved}\nThe bot stays off until the ${texts[kind].name} is finished or given up. ${texts[kind].toContinue}`,
  );
}

async function restoreAndFinish(
  replacement: Replacement,
  journal: Journal,
  generation: string,
): Promise<number> {
  const outputs = await readStackOutputs(replacement.stack);
  let current = journal;
  if (journal.savedState !== undefined && journal.restoredOn !== generation) {
    report("Restoring the bot's state and program");
    await restoreState(outputs, journal.savedState, replacement.kind);
    current = note(replacement, { ...journal, restoredOn: generation });
  }
  return finish(replacement, current, outputs);
}

/** A person who presses Ctrl-C learns how to go on. */
export function hintWhenInterrupted(replacement: Replacement): void {
  const { kind, stack } = replacement;
  process.once("exit", (code) => {
    if (code > 128 && replacement.journal !== undefined) {
      report(forStack(`\nInterrupted. Nothing is lost. ${texts[kind].toContinue}`, stack));
    }
  });
}
