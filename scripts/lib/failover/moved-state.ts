import { UserError } from "../command/user-error.ts";
import { editResources, type ExportedResource, type ExportedState } from "../stack/exported-state.ts";

/**
 * The state of a stack whose server left it, and whose next server gets the other address. Both are one change of the state:
 * `pulumi up` makes that server then, and never deletes the one that is fenced.
 *
 * @throws UserError for the state of an older version
 */
export function movedTo(state: ExportedState, address: "first" | "standby"): ExportedState {
  if (!state.deployment.resources.some(isActiveAddress)) {
    throw new UserError(
      "The stack was last updated by an older version. Run `pulumi up`, and then this again.",
    );
  }
  return editResources(state, (one) => {
    if (isActiveAddress(one)) {
      return { ...one, outputs: { ...one.outputs, output: address } };
    }
    // To Pulumi, it is deleted already, in a replacement that isn't finished.
    return isServer(one) ? { ...one, pendingReplacement: true } : one;
  });
}

function isActiveAddress({ type, urn }: ExportedResource): boolean {
  return type === "pulumi:index:Stash" && urn.endsWith("::active-address");
}

function isServer({ type, delete: isDeleted }: ExportedResource): boolean {
  return type === "hcloud:index/server:Server" && isDeleted !== true;
}
