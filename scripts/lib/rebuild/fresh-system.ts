import { UserError } from "../command/user-error.ts";
import { renewFirstContact } from "../rotation/first-contact.ts";
import { isCommand } from "../rotation/keys.ts";
import type { KeyPairTexts } from "../ssh/key.ts";
import { editResources, type ExportedResource, type ExportedState } from "../stack/exported-state.ts";
import { fromSecret, toSecret } from "../stack/secret-value.ts";

/** What a rebuild changes in a stack's state. */
export interface FreshSystem {
  /** With another one, `pulumi up` installs everything again. */
  generation: string;
  /** At Hetzner. */
  image: string;
}

/**
 * Writes to a stack's state that its server has another system.
 *
 * @throws UserError for the state of an older version
 */
export function withSystem(state: ExportedState, { generation, image }: FreshSystem): ExportedState {
  if (!state.deployment.resources.some(isGeneration)) {
    throw new UserError(
      "The stack was last updated by an older version. Run `pulumi up`, and then this again.",
    );
  }
  return editResources(state, (one) => {
    if (isGeneration(one)) {
      return { ...one, outputs: { ...one.outputs, output: generation } };
    }
    return isServer(one)
      ? { ...one, inputs: { ...one.inputs, image }, outputs: { ...one.outputs, image } }
      : one;
  });
}

/**
 * Writes a new initial host key to a stack's state, and all that is used at the first contact: a system that was just made
 * shows this key, and lets in the stack's deploy key. The key that the last one has shown was in the metadata service since.
 *
 * @throws UserError that shows nothing of the state
 */
export function withInitialHostKey(
  state: ExportedState,
  { privateKey, publicKey }: KeyPairTexts,
): ExportedState {
  const renewed = editResources(state, (one) =>
    isCommand(one, "local", "initial-host-key")
      ? // As scripts/make-ssh-key-pair.ts prints it.
        { ...one, outputs: { ...one.outputs, stdout: toSecret(`${privateKey}${publicKey}\n`) } }
      : one,
  );
  return renewFirstContact(renewed);
}

/** What cloud-init gets on a new system. @throws UserError if the state has none */
export function userDataIn({ deployment }: ExportedState): string {
  const userData = fromSecret(deployment.resources.find(isServer)?.inputs?.userData);
  if (typeof userData !== "string") {
    throw new UserError(
      "The stack's state has no user_data for its server. Run `pulumi up`, and then this again.",
    );
  }
  return userData;
}

function isGeneration({ type, urn, delete: isDeleted }: ExportedResource): boolean {
  return type === "pulumi:index:Stash" && urn.endsWith("::generation") && isDeleted !== true;
}

function isServer({ type, delete: isDeleted }: ExportedResource): boolean {
  return type === "hcloud:index/server:Server" && isDeleted !== true;
}
