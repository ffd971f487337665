import { type ExportedState, parseExported } from "./exported-state.ts";
import { runPulumi } from "./pulumi-cli.ts";

// A stack's state with its secrets, read and changed through the Pulumi CLI. The secrets are encrypted again on the way in.

/** @throws UserError if it can't be read */
export async function exportState(stack: string | undefined): Promise<ExportedState> {
  const args = ["stack", "export", "--show-secrets"];
  return parseExported(await runPulumi(args, stack, "The stack's state can't be read."));
}

/** Imports the edited state, if it is another one. @throws UserError if it can't be changed, such as by a locked stack */
export async function editState(
  stack: string | undefined,
  edit: (state: ExportedState) => ExportedState,
): Promise<void> {
  const state = await exportState(stack);
  const edited = JSON.stringify(edit(state));
  if (edited !== JSON.stringify(state)) {
    await runPulumi(["stack", "import"], stack, "The stack's state can't be changed.", edited);
  }
}
