import type { Image } from "../catalogue/images.ts";
import type { Location } from "../catalogue/locations.ts";
import type { ServerType } from "../catalogue/server-types.ts";
import type { Rule } from "../firewall-rules.ts";
import type { Labels } from "../labels.ts";

// A project's resources. Only the Primary IP and the volume store which server has them, and only the firewall stores which
// servers it applies to: nothing is stored twice.

interface Resource {
  readonly id: number;
  name: string;
  labels: Labels;
  readonly created: Date;
}

export interface SshKey extends Resource {
  /** As it was sent, byte for byte. */
  readonly publicKey: string;
  readonly fingerprint: string;
}

export interface PrimaryIp extends Resource {
  readonly type: "ipv4" | "ipv6";
  /** An address, or a network of IPv6. */
  readonly ip: string;
  readonly location: Location;
  autoDelete: boolean;
  isProtected: boolean;
  /** Maps addresses to their reverse DNS names. */
  readonly dnsPtr: Map<string, string>;
  /** The server's id. */
  assigneeId: number | undefined;
}

export interface Firewall extends Resource {
  rules: Rule[];
  /** The ids of the servers that it applies to directly, and whether that has taken effect. */
  readonly servers: Map<number, "pending" | "applied">;
  /** It also applies to servers with these labels. */
  selectors: string[];
}

export interface Volume extends Resource {
  status: "creating" | "available";
  /** In gigabytes. */
  size: number;
  /** The file system that it was made with. */
  readonly format: "ext4" | "xfs" | undefined;
  readonly location: Location;
  isProtected: boolean;
  /** The id of the server that it is attached to. */
  serverId: number | undefined;
}

/** An image that was made of a server's disk. Hetzner names it by its id only: `name` is its description. */
export interface Snapshot extends Resource {
  type: "snapshot" | "backup";
  status: "creating" | "available" | "unavailable";
  readonly createdFrom: { id: number; name: string };
  /** The system image that the server was made from. */
  readonly system: Image;
  /** In gigabytes. */
  readonly diskSize: number;
  isProtected: boolean;
}

export interface Subnet {
  readonly type: "cloud" | "server" | "vswitch";
  readonly ipRange: string;
  readonly networkZone: string;
  readonly vswitchId: number | null;
}

export interface NetworkRoute {
  readonly destination: string;
  readonly gateway: string;
}

/** A private network. Which servers are in it is stored with them. */
export interface Network extends Resource {
  ipRange: string;
  subnets: Subnet[];
  routes: NetworkRoute[];
  exposesRoutes: boolean;
  isProtected: boolean;
}

export interface PlacementGroup extends Resource {
  readonly type: "spread";
}

export type ServerStatus =
  "initializing" | "starting" | "running" | "stopping" | "off" | "migrating" | "rebuilding" | "deleting";

export interface Server extends Resource {
  status: ServerStatus;
  /** How many actions that set its status lock it at the moment. */
  locks: number;
  /** How many other actions lock it at the moment. */
  otherLocks: number;
  /** False before its machine was made, and if that has failed. */
  hasMachine: boolean;
  type: ServerType;
  readonly location: Location;
  image: Image | Snapshot;
  /** Whether its next boot is the one of the rescue system. */
  isRescueEnabled: boolean;
  /** The id of the placement group that it is in. */
  placementGroupId: number | undefined;
  /** Its addresses in private networks, by the network's id. */
  readonly privateNets: Map<number, { ip: string; aliasIps: string[] }>;
  /** In gigabytes; it may be smaller than the type's. */
  diskSize: number;
  isProtected: boolean;
  backupWindow: string | undefined;
  /** The SSH keys of its order. Without any, there is a root password instead. */
  readonly sshKeys: readonly string[];
  /** From its order or its last rebuild; empty if there was none. */
  userData: string;
}
