import * as z from "zod";
import { userData } from "../../../hetzner/user-data.ts";
import type { StackKeys } from "../rotation/keys.ts";
import { adminUser } from "../ssh/server.ts";
import { editResources, type ExportedResource, type ExportedState } from "../stack/exported-state.ts";
import { toSecret } from "../stack/secret-value.ts";

const properties = z.record(z.string(), z.unknown());

/** What a new system of the stack's server gets: it follows from the stack's keys. */
export function userDataFor({ deploy, initialHost }: StackKeys): string {
  return userData({ user: adminUser, deployKey: deploy.publicKey, hostKey: initialHost });
}

/**
 * The state of a stack whose server was imported, as if `pulumi up` had ordered it: an import doesn't see user_data and the
 * provider's own options, and `pulumi up` would take the address from a server that has no publicNets. A refresh must
 * follow: it reads the outputs from Hetzner.
 *
 * @param ip the server's address, which the state has
 */
export function asOrdered(state: ExportedState, keys: StackKeys, ip: string | undefined): ExportedState {
  const address = addressRecord(state, ip);
  return editResources(state, (one) => (isImported(one) ? orderedRecord(one, keys, address?.id) : one));
}

/** Of the stack's addresses, the one that is `ip`. */
export function addressRecord(state: ExportedState, ip: string | undefined): ExportedResource | undefined {
  return state.deployment.resources.find(
    ({ type, outputs }) => type === "hcloud:index/primaryIp:PrimaryIp" && outputs?.ipAddress === ip,
  );
}

function isImported({ type, delete: isDeleted, inputs }: ExportedResource): boolean {
  return type === "hcloud:index/server:Server" && isDeleted !== true && inputs?.userData === undefined;
}

/** As components/bot-server.ts orders it. */
function orderedRecord(
  one: ExportedResource,
  keys: StackKeys,
  addressId: string | undefined,
): ExportedResource {
  const imported = Object.entries(one.inputs ?? {}).filter(
    ([name, value]) => value !== null && name !== "__defaults",
  );
  const inputs = {
    ...Object.fromEntries(imported),
    publicNets: [{ __defaults: [], ipv4Enabled: true, ipv4: Number(addressId), ipv6Enabled: false }],
    keepDisk: true,
    shutdownBeforeDeletion: true,
    userData: toSecret(userDataFor(keys)),
  };
  const outputs = properties.parse(withoutDefaults(inputs));
  return { ...one, inputs, outputs: { ...outputs, id: one.id } };
}

/** Pulumi notes among inputs which of them are defaults. Outputs have no such note. */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutDefaults);
  }
  const { data } = properties.safeParse(value);
  return data === undefined
    ? value
    : Object.fromEntries(
        Object.entries(data).flatMap(([name, one]) =>
          name === "__defaults" ? [] : [[name, withoutDefaults(one)]],
        ),
      );
}

/** What must be refreshed afterwards. */
export function serverUrn({ deployment }: ExportedState): string | undefined {
  return deployment.resources.find(
    ({ type, delete: isDeleted }) => type === "hcloud:index/server:Server" && isDeleted !== true,
  )?.urn;
}
