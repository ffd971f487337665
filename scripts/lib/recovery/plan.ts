import type { HetznerAccess } from "../../../hetzner/client.ts";
import { isFenced } from "../../../hetzner/fence.ts";
import { type Item, type Kind, kinds } from "../../../hetzner/inventory.ts";
import { UserError } from "../command/user-error.ts";
import type { ExportedResource, ExportedState } from "../stack/exported-state.ts";

/** What a recovery does about one resource. */
export type Step =
  /** The state knows it. */
  | { action: "keep"; kind: Kind; item: Item }
  /** It gets into the state as what the record says: with the inputs of its order. */
  | { action: "adopt"; kind: Kind; item: Item; record: ExportedResource }
  /** It gets into the state as what Hetzner shows, because no record of its order is left. */
  | { action: "import"; kind: Kind; item: Item }
  /** A server that lets nobody in with the state's keys: it gets new keys with a fresh system, and into the state. */
  | { action: "rebuild"; kind: "server"; item: Item }
  /** It is deleted, because Hetzner shows too little of it; `pulumi up` makes another one. */
  | { action: "delete"; kind: Kind; item: Item }
  /** An `up` was killed while it made it, and Hetzner has never made it. */
  | { action: "forget"; kind: Kind }
  /** An `up` was killed while it changed or deleted it. */
  | { action: "refresh"; kind: Kind; item: Item | undefined; urn: string }
  /** The state has it, and Hetzner doesn't. */
  | { action: "missing"; kind: Kind };

/** A stack, and what is to be done so that its state knows what Hetzner has of it. */
export interface Recovery {
  /** As in the command's --stack; undefined for the selected one. */
  stack: string | undefined;
  /** The stack's own name. */
  name: string;
  access: HetznerAccess;
  state: ExportedState;
  steps: Step[];
}

const types: Readonly<Record<Kind, string>> = {
  "Primary IP": "hcloud:index/primaryIp:PrimaryIp",
  "standby Primary IP": "hcloud:index/primaryIp:PrimaryIp",
  firewall: "hcloud:index/firewall:Firewall",
  "SSH key": "hcloud:index/sshKey:SshKey",
  volume: "hcloud:index/volume:Volume",
  server: "hcloud:index/server:Server",
};

/** Whether a record is of this kind. The two addresses have one type, and differ by their names in index.ts. */
function isOf(kind: Kind, { type, urn }: ExportedResource): boolean {
  return (
    type === types[kind] &&
    (type !== types["Primary IP"] || urn.endsWith("::standby") === (kind === "standby Primary IP"))
  );
}

/** What the state knows at Hetzner. */
export function idsIn({ deployment }: ExportedState): { kind: Kind; id: number }[] {
  return kinds.flatMap((kind) =>
    deployment.resources
      .filter((one) => isOf(kind, one) && one.id !== undefined && /^\d+$/.test(one.id))
      .map(({ id }) => ({ kind, id: Number(id) })),
  );
}

/**
 * Compares a stack's state with what Hetzner has of the stack.
 *
 * @param items without those of other stacks
 * @param hasKeys whether the state has the keys of a server of whose order nothing is left
 * @throws UserError if it isn't clear which item is the stack's
 */
export function planRecovery(state: ExportedState, items: readonly Item[], hasKeys: boolean): Step[] {
  return kinds.flatMap((kind) => {
    const known = idsIn(state).flatMap((one) => (one.kind === kind ? [one.id] : []));
    // What a failover has fenced belongs to the stack, and isn't in its state.
    const ofKind = items.filter((item) => item.kind === kind && !isFenced(item));
    const unknown = ofKind.filter(({ id }) => !known.includes(id));
    if (unknown.length > 1) {
      throw new UserError(
        `Hetzner has more than one ${kind} that may belong to this stack: ${unknown.map(({ name, id }) => `${name} (${id})`).join(", ")}. Nothing was changed. Remove the labels pulumi-project and pulumi-stack from those that don't belong to it, in Hetzner's Console, and run this again.`,
      );
    }
    return stepsFor(kind, state, ofKind, unknown[0]).map((step) =>
      step.action === "import" && step.kind === "server" && !hasKeys
        ? { action: "rebuild", kind: "server", item: step.item }
        : step,
    );
  });
}

function stepsFor(
  kind: Kind,
  state: ExportedState,
  ofKind: readonly Item[],
  unknown: Item | undefined,
): Step[] {
  const { resources, pending_operations: pending = [] } = state.deployment;
  const ofType = (one: ExportedResource) => isOf(kind, one);
  const record = resources.find((one) => ofType(one) && one.delete !== true);
  const item = ofKind.find(({ id }) => String(id) === record?.id);
  const operations = pending.filter(({ resource }) => ofType(resource));
  const interrupted = operations.find(({ type }) => type === "creating")?.resource;
  if (unknown !== undefined && item === undefined) {
    const order = interrupted ?? record;
    return [
      order === undefined
        ? { action: withoutRecord(kind), kind, item: unknown }
        : { action: "adopt", kind, item: unknown, record: order },
    ];
  }
  if (unknown !== undefined) {
    throw new UserError(
      `Hetzner has the ${kind} ${unknown.name} (${unknown.id}), and the stack has another one (${String(item?.id)}). Nothing was changed. It may belong to another stack, or to this one on another computer.`,
    );
  }
  const other = operations.find(({ type }) => type !== "creating");
  if (other !== undefined) {
    return [{ action: "refresh", kind, item, urn: other.resource.urn }];
  }
  if (interrupted !== undefined) {
    return [{ action: "forget", kind }];
  }
  if (record !== undefined) {
    return [item === undefined ? { action: "missing", kind } : { action: "keep", kind, item }];
  }
  return [];
}

/** What happens to an item of whose order nothing is left. An SSH key is only for an order, and is made again. */
function withoutRecord(kind: Kind): "import" | "delete" {
  return kind === "SSH key" ? "delete" : "import";
}
