import * as z from "zod";
import { UserError } from "../command/user-error.ts";
import { publicKeyOf } from "../ssh/key.ts";
import { hostKey, privateKey } from "../ssh/server.ts";
import type { ExportedResource, ExportedState } from "../stack/exported-state.ts";
import { fromSecret } from "../stack/secret-value.ts";

/** A key in the stack's state. */
interface StackKey {
  /** What `pulumi up --replace` takes. */
  urn: string;
  privateKey: string;
  publicKey: string;
}

export interface StackKeys {
  deploy: StackKey;
  /** The host key that a new server has until the first contact. */
  initialHost: StackKey;
  host: StackKey;
}

/** The keys that are being replaced: the value of the setting previousSshKeys. A key that isn't replaced is missing. */
export const previousKeys = z.object({
  deployKey: privateKey.optional(),
  hostKey: hostKey.optional(),
  initialHostKey: hostKey.optional(),
});
export type PreviousKeys = z.output<typeof previousKeys>;

/** @throws UserError if the stack has no keys yet, or those of an older version */
export function keysIn(state: ExportedState): StackKeys {
  return {
    deploy: keyIn(state, "deploy-key"),
    initialHost: keyIn(state, "initial-host-key"),
    host: keyIn(state, "permanent-host-key"),
  };
}

/** The same; undefined if the state has none, or those of an older version, which only the outputs have. */
export function keysOrNone(state: ExportedState): StackKeys | undefined {
  try {
    return keysIn(state);
  } catch (error) {
    if (error instanceof UserError) {
      return undefined;
    }
    throw error;
  }
}

/** The first part of what made the key has printed. */
const privatePart = /^-----BEGIN OPENSSH PRIVATE KEY-----\n[^-]+-----END OPENSSH PRIVATE KEY-----\n/;

function keyIn({ deployment }: ExportedState, name: string): StackKey {
  const found = deployment.resources.find((one) => isCommand(one, "local", name));
  const printed = fromSecret(found?.outputs?.stdout);
  const key = typeof printed === "string" ? privatePart.exec(printed)?.[0] : undefined;
  if (found === undefined || key === undefined) {
    throw new UserError(
      `The stack's state has no ${name}. Run \`pulumi up\` with this version, and then this again.`,
    );
  }
  return { urn: found.urn, privateKey: key, publicKey: publicKeyOf(key) };
}

/** Whether it is the command of this name, and not one that is about to be deleted. */
export function isCommand(
  { urn, type, delete: isDeleted }: ExportedResource,
  kind: "local" | "remote",
  name: string,
): boolean {
  return type === `command:${kind}:Command` && urn.endsWith(`::${name}`) && isDeleted !== true;
}

/** The flags with which `pulumi up` makes the keys that are still the previous ones again. */
export function replaceFlags({ deploy, host, initialHost }: StackKeys, previous: PreviousKeys): string[] {
  const urns = [
    ...(deploy.privateKey === previous.deployKey ? [deploy.urn] : []),
    // The initial one is in the metadata service, so a thief of the server has it as well.
    ...(host.publicKey === previous.hostKey ? [host.urn, initialHost.urn] : []),
  ];
  return urns.flatMap((urn) => ["--replace", urn]);
}
