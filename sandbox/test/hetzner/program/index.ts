import * as hcloud from "@pulumi/hcloud";
import * as z from "zod";

// A stack for provider.sandbox.test.ts: one resource of each kind that the emulator has.

const wanted = z
  .object({
    publicKey: z.string(),
    location: z.string(),
    serverType: z.string(),
    serverName: z.string(),
    sshSources: z.array(z.string()),
    labels: z.record(z.string(), z.string()),
    isProtected: z.boolean(),
    isServerProtected: z.boolean(),
    volume: z.object({ size: z.number(), isProtected: z.boolean() }).nullable(),
  })
  .parse(JSON.parse(process.env.WANTED ?? ""));

const key = new hcloud.SshKey("key", { name: "key", publicKey: wanted.publicKey });

const address = new hcloud.PrimaryIp("address", {
  name: "address",
  type: "ipv4",
  location: wanted.location,
  autoDelete: false,
  deleteProtection: wanted.isProtected,
});

const firewall = new hcloud.Firewall("firewall", {
  name: "firewall",
  rules: [{ direction: "in", protocol: "tcp", port: "22", sourceIps: wanted.sshSources }],
});

const server = new hcloud.Server(
  "server",
  {
    name: wanted.serverName,
    image: "debian-13",
    serverType: wanted.serverType,
    location: wanted.location,
    sshKeys: [key.id],
    firewallIds: [firewall.id.apply(Number)],
    labels: wanted.labels,
    userData: "#cloud-config\n",
    deleteProtection: wanted.isServerProtected,
    rebuildProtection: wanted.isServerProtected,
    publicNets: [{ ipv4Enabled: true, ipv4: address.id.apply(Number), ipv6Enabled: false }],
  },
  { deleteBeforeReplace: true },
);

if (wanted.volume !== null) {
  new hcloud.Volume("volume", {
    name: "volume",
    size: wanted.volume.size,
    location: wanted.location,
    format: "ext4",
    labels: wanted.labels,
    deleteProtection: wanted.volume.isProtected,
  });
}

export const ipv4 = server.ipv4Address;
export const status = server.status;
