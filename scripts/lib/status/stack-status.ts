import type { Server as ServerAtHetzner } from "../../../hetzner/replies.ts";
import type { ServerOrder } from "../stack/outputs.ts";
import type { ServerReply } from "./server-reply.ts";

/** What was read, or why it could not be read, as sentences. */
export type Reading<T> = { ok: true; value: T } | { ok: false; reason: string };

/** What the settings say that belongs to a status. */
export interface StatusSettings {
  adminCidrs: string[];
  renewAfterMonths: number;
}

/** What the server has printed, and the address that it was called from. */
export interface FromServer {
  status: ServerReply;
  /** Undefined if the server doesn't say. */
  caller: string | undefined;
}

/** What is known of a stack that has a server. */
export interface StackStatus {
  stack: string;
  ipAddress: string;
  order: ServerOrder;
  /** The version of this project that is in this folder. */
  ownVersion: string;
  settings: Reading<StatusSettings>;
  /** Undefined if Hetzner has no such server. */
  atHetzner: Reading<ServerAtHetzner | undefined>;
  fromServer: Reading<FromServer>;
}

/** A stack of which nothing can be asked, and why: it has no server, or its state can't be read. */
export interface UnreadableStack {
  stack: string;
  reason: string;
}
