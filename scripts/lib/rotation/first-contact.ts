import { createHash } from "node:crypto";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";
import { editResources, type ExportedResource, type ExportedState } from "../stack/exported-state.ts";
import { fromSecret, toSecret } from "../stack/secret-value.ts";
import { isCommand, keysIn, type StackKeys } from "./keys.ts";

// How a server is reached for the first time is written down when it is ordered, and a later `pulumi up` doesn't look
// at it again: a change of user_data would replace the server. If the keys are replaced, what is written down must get
// the new ones. Otherwise the next server would let in the previous deploy key.

/** hetzner/user-data.ts writes it. */
const cloudConfig = z.looseObject({
  users: z.tuple([z.looseObject({ ssh_authorized_keys: z.tuple([z.string()]) })]),
  ssh_keys: z.object({ ed25519_private: z.string(), ed25519_public: z.string() }),
});
const header = "#cloud-config\n";

const connection = z.looseObject({ privateKey: z.string(), hostKey: z.string() });

/** What scripts/adopt-host-key.ts gets. */
const adoption = z.looseObject({
  server: z.looseObject({ deployKey: z.string(), hostKey: z.array(z.string()) }),
  privateKey: z.string(),
});

/**
 * Writes the stack's current keys to all that is used at the first contact with a new server.
 *
 * @throws UserError that shows nothing of the state
 */
export function renewFirstContact(state: ExportedState): ExportedState {
  const keys = keysIn(state);
  return editResources(state, (one) => renew(one, keys));
}

function renew(one: ExportedResource, keys: StackKeys): ExportedResource {
  if (one.type === "hcloud:index/server:Server" && one.delete !== true) {
    return renewServer(one, keys);
  }
  if (isCommand(one, "remote", "first-boot")) {
    return renewProperty(one, "connection", (value) => renewConnection(value, keys));
  }
  if (isCommand(one, "local", "host-key-adoption")) {
    return renewProperty(one, "stdin", (value) => renewAdoption(value, keys));
  }
  return one;
}

function renewServer(server: ExportedResource, keys: StackKeys): ExportedResource {
  const old = fromSecret(server.inputs?.userData);
  const { data } = cloudConfig.safeParse(
    typeof old === "string" && old.startsWith(header) ? parseJson(old.slice(header.length)) : undefined,
  );
  if (typeof old !== "string" || data === undefined) {
    throw unknownForm(server);
  }
  const [user] = data.users;
  const config = {
    ...data,
    users: [{ ...user, ssh_authorized_keys: [keys.deploy.publicKey] }],
    ssh_keys: { ed25519_private: keys.initialHost.privateKey, ed25519_public: keys.initialHost.publicKey },
  };
  if (isSame(config, data)) {
    return server;
  }
  const userData = `${header}${JSON.stringify(config, undefined, 1)}\n`;
  const stored = fromSecret(server.outputs?.userData);
  return {
    ...server,
    inputs: { ...server.inputs, userData: toSecret(userData) },
    // Hetzner's provider stores a hash, which must be that of the input: another one would replace the server.
    outputs: { ...server.outputs, userData: toSecret(stored === old ? userData : hash(userData)) },
  };
}

function hash(userData: string): string {
  return createHash("sha1").update(userData).digest("base64");
}

/** @returns undefined if it has an unknown form */
function renewConnection(value: unknown, { deploy, initialHost }: StackKeys): unknown {
  const { data } = connection.safeParse(value);
  const renewed = data && { ...data, privateKey: deploy.privateKey, hostKey: initialHost.publicKey };
  return isSame(renewed, data) ? value : renewed;
}

/** @returns undefined if it has an unknown form */
function renewAdoption(value: unknown, { deploy, initialHost, host }: StackKeys): unknown {
  const { data } = adoption.safeParse(typeof value === "string" ? parseJson(value) : undefined);
  if (data === undefined) {
    return undefined;
  }
  const hostKey = [initialHost.publicKey, host.publicKey];
  const server = { ...data.server, deployKey: deploy.privateKey, hostKey };
  // Without the keys that were accepted meanwhile: JSON has nothing undefined.
  const renewed = { ...data, server, privateKey: host.privateKey, previous: undefined };
  return isSame(renewed, data) ? value : `${JSON.stringify(renewed)}\n`;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Renews a secret among the inputs and, if it is there as well, among the outputs. */
function renewProperty(
  one: ExportedResource,
  name: string,
  change: (value: unknown) => unknown,
): ExportedResource {
  const old = fromSecret(one.inputs?.[name]);
  const changed = change(old);
  if (changed === undefined) {
    throw unknownForm(one);
  }
  if (isSame(changed, old)) {
    return one;
  }
  const secret = toSecret(changed);
  return {
    ...one,
    inputs: { ...one.inputs, [name]: secret },
    ...(one.outputs && name in one.outputs && { outputs: { ...one.outputs, [name]: secret } }),
  };
}

function unknownForm({ urn }: ExportedResource): UserError {
  return new UserError(
    `The stack's state has another form than this version writes: ${urn}. Run \`pulumi up\`, and then this again.`,
  );
}
