import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";
import { publicKeyOf } from "../ssh/key.ts";
import { hostKey, privateKey } from "../ssh/server.ts";
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

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  /** Deleted already, or about to be: a newer one takes its place. */
  delete: z.boolean().optional(),
  inputs: z.looseObject({}).optional(),
  outputs: z.looseObject({}).optional(),
});
export type Resource = z.output<typeof resource>;

/** What `pulumi stack export --show-secrets` prints. Everything that isn't named here is kept as it is. */
const exported = z.looseObject({
  deployment: z.looseObject({ resources: z.array(resource).default([]) }),
});
export type Exported = z.output<typeof exported>;

/** @throws UserError that shows nothing of the state */
export function parseExported(json: string): Exported {
  const { data } = exported.safeParse(parseJson(json));
  if (data === undefined) {
    throw new UserError(
      "The Pulumi CLI printed something other than a stack's state. Is its version current?",
    );
  }
  return data;
}

/** @throws UserError if the stack has no keys yet, or those of an older version */
export function keysIn(state: Exported): StackKeys {
  return {
    deploy: keyIn(state, "deploy-key"),
    initialHost: keyIn(state, "initial-host-key"),
    host: keyIn(state, "permanent-host-key"),
  };
}

/** The first part of what made the key has printed. */
const privatePart = /^-----BEGIN OPENSSH PRIVATE KEY-----\n[^-]+-----END OPENSSH PRIVATE KEY-----\n/;

function keyIn({ deployment }: Exported, name: string): StackKey {
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
  { urn, type, delete: isDeleted }: Resource,
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
