import * as z from "zod";
import type { Catalogue } from "./catalogue.ts";
import type { Image, Server, VolumeReply } from "./replies.ts";

/** The setting of the volume for the bot's state: a size in GB, or that the state stays on the server's own disk. */
export type WantedVolume = number | "none";

/** What the stack wants to have at Hetzner. */
export interface Wanted {
  /** The name of the address and of the server. */
  name: string;
  /** The name of the server's address, if it isn't the server's. */
  addressName?: string | undefined;
  /** The stack's other address, which no server has. Without a location, it stays where it is. */
  spare?: { name: string; location: string | undefined } | undefined;
  image: string;
  /** Undefined: the cheapest fitting one that can be ordered now. */
  serverType: string | undefined;
  /** Undefined: the location of the cheapest one. */
  location: string | undefined;
  /** Where a server may be if no location is set, the first one first. */
  locations: readonly string[];
  /** A location that Hetzner has just refused as a whole, whatever its lists say. Nothing is advised there. */
  closedLocation?: string | undefined;
  /**
   * What is deleted before the order, so that it must be possible to order it again: the server, or the server and the
   * address, which then may be at another location. Nothing by default.
   */
  replaces?: "server" | "server-and-address";
  /** Whether the stack is about to order its server. One that exists is deleted before that. */
  ordersServer?: boolean;
  /** The setting stateVolume. Undefined if it isn't set. */
  volume?: WantedVolume | undefined;
}

const choice = z.object({
  serverType: z.string(),
  location: z.string(),
  /** For people: "cpx22 in fsn1: 19.99 € a month with the address, before tax (Hetzner's price list of 2026-11-26)". */
  cost: z.string(),
  /** The same for the address that no server has: "standby address in hel1: 0.50 € a month, before tax (…)". */
  spareCost: z.string().optional(),
  /** The size of the volume for the bot's state, in GB; 0 for none. A version before 0.7.0 has decided nothing. */
  volume: z.int().nonnegative().optional(),
});

/** What was decided. `scripts/check-order.ts` prints it, so that it is in the stack's state. */
export type Choice = z.output<typeof choice>;

/** Reads a choice that was written down as JSON. @throws Error if it isn't one */
export function parseChoice(json: string): Choice {
  return choice.parse(JSON.parse(json));
}

/** What a decision is made from. */
export interface Situation {
  wanted: Wanted;
  /** What an earlier run has decided. */
  previous: Choice | undefined;
  catalogue: Catalogue;
  /** The wanted image, one for each architecture. */
  images: Image[];
  /** The server of the wanted name, if there is one. */
  server: Server | undefined;
  /** Where the address of the wanted name is, if there is one. */
  addressLocation: string | undefined;
  /** The address of the wanted name itself. */
  addressIp: string | undefined;
  /** Where the other address is, if there is one. */
  spareLocation?: string | undefined;
  /** The volume of the wanted name, if there is one. */
  volume?: VolumeReply | undefined;
}
