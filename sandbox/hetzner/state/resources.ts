import type { Image } from "../catalogue/images.ts";
import type { Location } from "../catalogue/locations.ts";
import type { ServerType } from "../catalogue/server-types.ts";
import type { Rule } from "../firewall-rules.ts";
import type { Labels } from "../labels.ts";

// What a project holds. Who has which address stands in the Primary IP alone, and where a firewall applies
// stands in the firewall alone: nothing is written down twice.

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
  /** Maps addresses to the names that they point back to. */
  readonly dnsPtr: Map<string, string>;
  /** The server's id. */
  assigneeId: number | undefined;
}

export interface Firewall extends Resource {
  rules: Rule[];
  /** Maps the ids of servers that it was applied to by name to whether that has happened yet. */
  readonly servers: Map<number, "pending" | "applied">;
  /** Servers with such labels have it too. */
  selectors: string[];
}

export type ServerStatus =
  "initializing" | "starting" | "running" | "stopping" | "off" | "migrating" | "rebuilding" | "deleting";

export interface Server extends Resource {
  status: ServerStatus;
  /** How many actions hold it at the moment. */
  locks: number;
  /** False where making the machine failed. */
  hasMachine: boolean;
  type: ServerType;
  readonly location: Location;
  image: Image;
  /** In gigabytes; it may be smaller than the type's. */
  diskSize: number;
  isProtected: boolean;
  backupWindow: string | undefined;
  /** The keys to log in with that it was ordered with; without any, there is a root password instead. */
  readonly sshKeys: readonly string[];
  /** What it was ordered with, or rebuilt with since; empty where there was none. */
  userData: string;
}
