import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";
import { notAState } from "./exported-state.ts";
import { runPulumi } from "./pulumi-cli.ts";

/** A resource in Pulumi's state. Secrets are encrypted there and stay so: nothing here reads one. */
const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().default(""),
  protect: z.boolean().default(false),
  /** Deleted already, or about to be: a newer one takes its place. */
  delete: z.boolean().default(false),
  pendingReplacement: z.boolean().default(false),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
});
export type Resource = z.output<typeof resource>;

/** What `pulumi stack export` prints. Without a first `pulumi up` there are no resources. */
const exported = z.looseObject({
  deployment: z
    .looseObject({
      resources: z.array(resource).nullish(),
      pending_operations: z.array(z.looseObject({ resource })).nullish(),
    })
    .nullish(),
});

/** What a stack has made. After an `up` that failed or was killed, that may be a part of it. */
export interface StackState {
  resources: Resource[];
  /** What an `up` was making or changing when it was killed. It may exist without being in `resources`. */
  interrupted: Resource[];
}

/** A protected Primary IP. */
export interface Address {
  urn: string;
  /** At Hetzner. */
  id: number;
  name: string;
  ipAddress: string;
  location: string;
  /** Whether Pulumi refuses to delete it. Hetzner's own protection is separate. */
  isProtected: boolean;
}

/** The protected volume with the bot's state. */
export interface Volume {
  urn: string;
  /** At Hetzner. */
  id: number;
  name: string;
  /** In GB. */
  size: number;
  location: string;
  isProtected: boolean;
}

export interface MadeServer {
  urn: string;
  /** At Hetzner. */
  id: number;
  name: string;
  serverType: string;
  location: string;
  /** Such as "debian-13". */
  image: string;
  /** Which system is on its disk: the id, and after a rebuild "ID-1", "ID-2" and so on. */
  generation: string;
}

const id = z.string().regex(/^\d+$/).transform(Number);

const addressProperties = z.looseObject({ name: z.string(), ipAddress: z.ipv4(), location: z.string() });

const volumeProperties = z.looseObject({ name: z.string(), size: z.number(), location: z.string() });

const serverProperties = z.looseObject({
  name: z.string(),
  serverType: z.string(),
  location: z.string(),
  image: z.string(),
});

const stackOutputs = z.looseObject({
  liveKeyPair: z.string().default("none"),
  monthlyCost: z.string().optional().catch(undefined),
});

/**
 * Reads what a stack has made, through the Pulumi CLI.
 *
 * @param stack the stack's name, or undefined for the selected one
 * @throws UserError if it can't be read
 */
export async function readStackState(stack: string | undefined): Promise<StackState> {
  return parseStackState(await runPulumi(["stack", "export"], stack, "The stack's state can't be read."));
}

/** @throws UserError that shows none of the values */
export function parseStackState(json: string): StackState {
  const state = exported.safeParse(parseJson(json)).data;
  if (state === undefined) {
    throw notAState();
  }
  const { resources, pending_operations: pending } = state.deployment ?? {};
  return { resources: resources ?? [], interrupted: (pending ?? []).map((operation) => operation.resource) };
}

/** The server's address. @returns undefined if the stack has none */
export function addressIn(state: StackState): Address | undefined {
  return addressOf(state, activeAddressIn(state) === "standby" ? "standby" : "address");
}

/** The address that no server has. @returns undefined if the stack has none */
export function spareAddressIn(state: StackState): Address | undefined {
  return addressOf(state, activeAddressIn(state) === "standby" ? "address" : "standby");
}

/** All addresses of the stack, the server's first. */
export function addressesIn(state: StackState): Address[] {
  return [addressIn(state), spareAddressIn(state)].filter((one) => one !== undefined);
}

/** Which address the server has: components/active-address.ts. */
export function activeAddressIn({ resources }: StackState): "first" | "standby" {
  const kept = existing(resources, "pulumi:index:Stash", "active-address")?.outputs.output;
  return kept === "standby" ? "standby" : "first";
}

function addressOf({ resources }: StackState, name: "address" | "standby"): Address | undefined {
  const found = existing(resources, "hcloud:index/primaryIp:PrimaryIp", name);
  if (found === undefined) {
    return undefined;
  }
  const properties = read(found, addressProperties);
  const { ipAddress, location } = properties;
  return {
    urn: found.urn,
    id: idOf(found),
    name: properties.name,
    ipAddress,
    location,
    isProtected: found.protect,
  };
}

/** @returns undefined if the stack has none */
export function volumeIn({ resources }: StackState): Volume | undefined {
  const found = existing(resources, "hcloud:index/volume:Volume");
  if (found === undefined) {
    return undefined;
  }
  const { name, size, location } = read(found, volumeProperties);
  return { urn: found.urn, id: idOf(found), name, size, location, isProtected: found.protect };
}

/** @returns undefined if the stack has none */
export function serverIn({ resources }: StackState): MadeServer | undefined {
  const found = existing(resources, "hcloud:index/server:Server");
  if (found === undefined) {
    return undefined;
  }
  const { name, serverType, location, image } = read(found, serverProperties);
  const id = idOf(found);
  return { urn: found.urn, id, name, serverType, location, image, generation: generationOf(id, resources) };
}

/** components/bot-server.ts keeps it. If it is that of another server, this one was just ordered. */
function generationOf(id: number, resources: Resource[]): string {
  const kept = existing(resources, "pulumi:index:Stash", "generation")?.outputs.output;
  return typeof kept === "string" && kept.startsWith(`${id}-`) ? kept : String(id);
}

/**
 * Which key pair is live on the server.
 *
 * @returns its fingerprint; "unknown" if an `up` installed a pair and failed before it could record which; undefined
 * if there is none
 */
export function liveKeyPairIn({ resources }: StackState): string | undefined {
  const { liveKeyPair } = outputsOf(resources);
  if (liveKeyPair !== "none") {
    return liveKeyPair;
  }
  const wasInstalled = resources.some(({ inputs }) =>
    String(inputs.create).endsWith("binance-credential install"),
  );
  return wasInstalled ? "unknown" : undefined;
}

/** What the stack costs a month, as it was written down at the order; undefined for a stack of an older version. */
export function monthlyCostIn({ resources }: StackState): string | undefined {
  return outputsOf(resources).monthlyCost;
}

/** The name in the URNs: "urn:pulumi:STACK::PROJECT::TYPES::NAME". Undefined for a stack that has made nothing. */
export function stackNameIn(state: StackState): string | undefined {
  return partsOfUrn(state)[0]?.slice("urn:pulumi:".length);
}

/** The project's name in the URNs. Undefined for a stack that has made nothing. */
export function projectNameIn(state: StackState): string | undefined {
  return partsOfUrn(state)[1];
}

function partsOfUrn({ resources, interrupted }: StackState): string[] {
  return [...resources, ...interrupted][0]?.urn.split("::") ?? [];
}

function outputsOf(resources: Resource[]): z.output<typeof stackOutputs> {
  return stackOutputs.parse(resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {});
}

/** @param name in index.ts or components/, for a type of which a stack has several */
function existing(resources: Resource[], type: string, name?: string): Resource | undefined {
  return resources.find(
    (candidate) =>
      candidate.type === type &&
      (name === undefined || candidate.urn.endsWith(`::${name}`)) &&
      !candidate.delete &&
      !candidate.pendingReplacement,
  );
}

function read<T>({ urn, outputs }: Resource, expected: z.ZodType<T>): T {
  const result = expected.safeParse(outputs);
  if (result.success) {
    return result.data;
  }
  const names = result.error.issues.map(({ path }) => path.join("."));
  throw new UserError(
    `The stack's state has no usable ${names.join(", ")} for ${urn}. Run \`pulumi up --refresh\`, and then this again.`,
  );
}

function idOf(resource: Resource): number {
  const result = id.safeParse(resource.id);
  if (result.success) {
    return result.data;
  }
  throw new UserError(`The stack's state has no usable id for ${resource.urn}.`);
}
