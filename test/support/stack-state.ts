const urn = (types: string, name: string) => `urn:pulumi:prod::trading-bot-server::${types}::${name}`;

/** Resources of a stack named prod, as `pulumi stack export` prints them. */
export const resources = {
  stack: {
    urn: urn("pulumi:pulumi:Stack", "trading-bot-server-prod"),
    type: "pulumi:pulumi:Stack",
    outputs: { liveKeyPair: "a1b2c3d4", monthlyCost: "cx23 in fsn1: 5.99 € a month" },
  },
  address: {
    urn: urn("trading-bot-server:index:StaticIp$hcloud:index/primaryIp:PrimaryIp", "address"),
    type: "hcloud:index/primaryIp:PrimaryIp",
    id: "20000001",
    protect: true,
    inputs: { name: "trading-bot-prod" },
    outputs: { name: "trading-bot-prod", ipAddress: "203.0.113.10", location: "fsn1" },
  },
  standby: {
    urn: urn("trading-bot-server:index:StaticIp$hcloud:index/primaryIp:PrimaryIp", "standby"),
    type: "hcloud:index/primaryIp:PrimaryIp",
    id: "20000002",
    protect: true,
    inputs: { name: "trading-bot-prod-standby" },
    outputs: { name: "trading-bot-prod-standby", ipAddress: "203.0.113.20", location: "hel1" },
  },
  volume: {
    urn: urn("trading-bot-server:index:StateVolume$hcloud:index/volume:Volume", "state-volume"),
    type: "hcloud:index/volume:Volume",
    id: "30000001",
    protect: true,
    inputs: { name: "trading-bot-prod" },
    outputs: { name: "trading-bot-prod", size: 10, location: "fsn1" },
  },
  /** Which of the two the server has. */
  activeAddress: {
    urn: urn("pulumi:index:Stash", "active-address"),
    type: "pulumi:index:Stash",
    id: "a1c3e5f7",
    inputs: { input: "first" },
    outputs: { input: "first", output: "first" },
  },
  server: {
    urn: urn("trading-bot-server:index:BotServer$hcloud:index/server:Server", "server"),
    type: "hcloud:index/server:Server",
    id: "1000001",
    inputs: { name: "trading-bot-prod" },
    outputs: { name: "trading-bot-prod", serverType: "cx23", location: "fsn1", image: "debian-13" },
  },
  /** The server was rebuilt once. */
  generation: {
    urn: urn("trading-bot-server:index:BotServer$pulumi:index:Stash", "generation"),
    type: "pulumi:index:Stash",
    id: "e1b29f0d",
    inputs: { input: "1000001" },
    outputs: { input: "1000001", output: "1000001-1" },
  },
  keyPair: {
    urn: urn("trading-bot-server:index:BinanceCredentials$command:remote:Command", "key-pair"),
    type: "command:remote:Command",
    id: "key-pair1a2b",
    inputs: { create: "sudo /usr/local/sbin/binance-credential install" },
  },
};

/** What `pulumi stack export` prints. */
export function exportedState(resources: object[], interrupted: object[] = []): string {
  const pending = interrupted.map((resource) => ({ type: "creating", resource }));
  return JSON.stringify({ version: 3, deployment: { resources, pending_operations: pending } });
}
