import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Item, Kind } from "../../../hetzner/inventory.ts";
import type { ExportedState } from "../stack/exported-state.ts";

// What `pulumi import --file` reads.

interface Place {
  type: string;
  name: string;
  /** The component that it is a part of. */
  parent: { type: string; name: string };
}

/** Where index.ts and components/ have them. */
const places: Readonly<Partial<Record<Kind, Place>>> = {
  "Primary IP": {
    type: "hcloud:index/primaryIp:PrimaryIp",
    name: "address",
    parent: { type: "trading-bot-server:index:StaticIp", name: "address" },
  },
  "standby Primary IP": {
    type: "hcloud:index/primaryIp:PrimaryIp",
    name: "standby",
    parent: { type: "trading-bot-server:index:StaticIp", name: "standby" },
  },
  volume: {
    type: "hcloud:index/volume:Volume",
    name: "state-volume",
    parent: { type: "trading-bot-server:index:StateVolume", name: "state-volume" },
  },
  firewall: {
    type: "hcloud:index/firewall:Firewall",
    name: "firewall",
    parent: { type: "trading-bot-server:index:BotServer", name: "server" },
  },
  server: {
    type: "hcloud:index/server:Server",
    name: "server",
    parent: { type: "trading-bot-server:index:BotServer", name: "server" },
  },
};

/**
 * @returns what imports one item, with its component if the state doesn't have that yet; undefined for a kind that can't
 * be imported
 */
export function importFile(state: ExportedState, { kind, id }: Item): string | undefined {
  const place = places[kind];
  if (place === undefined) {
    return undefined;
  }
  const { type, name, parent } = place;
  const component = state.deployment.resources.find(
    (one) => one.type === parent.type && one.urn.endsWith(`::${parent.name}`),
  );
  return JSON.stringify({
    ...(component !== undefined && { nameTable: { component: component.urn } }),
    resources: [
      ...(component === undefined
        ? [{ type: parent.type, name: "component", logicalName: parent.name, component: true }]
        : []),
      { type, name: "resource", logicalName: name, id: String(id), parent: "component" },
    ],
  });
}

/** What Pulumi must refuse to delete from now on: an address and a volume outlive their server. */
export function protectedUrn({ deployment }: ExportedState, { kind, id }: Item): string | undefined {
  const isProtected = kind === "Primary IP" || kind === "standby Primary IP" || kind === "volume";
  const type = places[kind]?.type;
  return isProtected
    ? deployment.resources.find((one) => one.type === type && one.id === String(id))?.urn
    : undefined;
}

/** Runs something with a file of this content. The Pulumi CLI can't read it from a pipe of ours. */
export async function withFile<T>(content: string, run: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "trading-bot-recover-"));
  try {
    const path = join(folder, "import.json");
    writeFileSync(path, content);
    return await run(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
