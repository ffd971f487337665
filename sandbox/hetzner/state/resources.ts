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

export type ServerStatus =
  "initializing" | "starting" | "running" | "stopping" | "off" | "migrating" | "rebuilding" | "deleting";

export interface Server extends Resource {
  status: ServerStatus;
  /** How many actions that set its status lock it at the moment. */
  locks: number;
  /** How many other actions lock it at the moment. */
  otherLocks: number;
  /** False if making the machine failed. */
  hasMachine: boolean;
  type: ServerType;
  readonly location: Location;
  image: Image;
  /** In gigabytes; it may be smaller than the type's. */
  diskSize: number;
  isProtected: boolean;
  backupWindow: string | undefined;
  /** The SSH keys of its order. Without any, there is a root password instead. */
  readonly sshKeys: readonly string[];
  /** From its order or its last rebuild; empty if there was none. */
  userData: string;
}
