import { editResources, type ExportedResource, type ExportedState } from "../stack/exported-state.ts";
import { fromSecret, toSecret } from "../stack/secret-value.ts";
import { keysIn, type StackKeys } from "./keys.ts";

/**
 * Writes the stack's current keys to its outputs, from which all commands read them. Pulumi itself does that only at the end
 * of a `pulumi up` that succeeds, and the server may have the new keys although the rest of it has failed.
 *
 * @throws UserError that shows nothing of the state
 */
export function renewOutputs(state: ExportedState): ExportedState {
  const keys = keysIn(state);
  return editResources(state, (one) =>
    one.type === "pulumi:pulumi:Stack" && one.outputs ? { ...one, outputs: renew(one.outputs, keys) } : one,
  );
}

/** `deployKey`, `hostKey`, and the command `ssh`, which has the host key in it: index.ts exports them. */
function renew(
  outputs: NonNullable<ExportedResource["outputs"]>,
  { deploy, host }: StackKeys,
): typeof outputs {
  const previous = fromSecret(outputs.hostKey);
  const renewed: Record<string, (value: string) => string> = {
    deployKey: () => deploy.privateKey,
    hostKey: () => host.publicKey,
    ssh: (command) => (typeof previous === "string" ? command.replaceAll(previous, host.publicKey) : command),
  };
  return Object.fromEntries(
    Object.entries(outputs).map(([name, stored]) => {
      const value = fromSecret(stored);
      const changed = typeof value === "string" ? (renewed[name]?.(value) ?? value) : value;
      const isSecret = value !== stored;
      const toStore = isSecret ? toSecret(changed) : changed;
      return [name, changed === value ? stored : toStore];
    }),
  );
}
