import * as z from "zod";
import { matching, wireEffects } from "../emulator/control-protocol.ts";

// What control.ts and control-server.ts exchange over the control socket.

/** What happens to the next requests that match. */
export const fault = z.object({
  ...matching,
  effect: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("error"),
      status: z.int().min(400).max(599),
      code: z.int(),
      message: z.string(),
      headers: z.record(z.string(), z.string()).default({}),
      /** Whether the call is carried out, and the error then replaces its answer. */
      isCarriedOut: z.boolean().default(false),
    }),
    ...wireEffects,
  ]),
});
export type Fault = z.input<typeof fault>;
export type FaultEffect = z.output<typeof fault>["effect"];

/** The form in which a person creates a key. */
export const keyRequest = z.object({
  label: z.string(),
  type: z.enum(["hmac", "ed25519", "rsa"]).default("hmac"),
  /** PEM, for types other than "hmac". */
  publicKey: z.string().optional(),
  /** Names of boxes, as state/permissions.ts has them, or fields of apiRestrictions. */
  permissions: z.array(z.string()).default(["reading"]),
  /** Addresses as they were typed. */
  whitelist: z.array(z.string()).default([]),
  /** Whether no other address may use it; if left out, whether there are any. assumed: a list can be emptied. */
  isRestricted: z.boolean().optional(),
  /** The symbols that the key may trade. An empty list allows all. */
  symbols: z.array(z.string()).default([]),
});
export type KeyRequest = z.output<typeof keyRequest>;

/** What a person changes in a key. The rest stays. */
export const keyEdit = z.strictObject({
  label: z.string().optional(),
  permissions: z.array(z.string()).optional(),
  whitelist: z.array(z.string()).optional(),
  isRestricted: z.boolean().optional(),
  symbols: z.array(z.string()).optional(),
});
export type KeyEdit = z.infer<typeof keyEdit>;

/** A key as the website lists it, without its secret. */
export const listedKey = z.object({
  id: z.int(),
  label: z.string(),
  type: z.enum(["hmac", "ed25519", "rsa"]),
  apiKey: z.string(),
  created: z.iso.datetime(),
  /** Names, as state/permissions.ts has them. */
  permissions: z.array(z.string()),
  whitelist: z.array(z.string()),
  symbols: z.array(z.string()),
});
export type ListedKey = z.infer<typeof listedKey>;

/** A key as it is shown once, with its secret. */
export const createdKey = listedKey.extend({
  /** Null if the person has the private key. */
  apiSecret: z.string().nullable(),
});
export type CreatedKey = z.infer<typeof createdKey>;

/** What changes in the account. The rest stays. */
export const accountEdit = z.strictObject({
  status: z.string().optional(),
  canTrade: z.boolean().optional(),
  /** How long API trading is locked. 0 unlocks it. */
  lockedSeconds: z.number().min(0).optional(),
  /** Whether the account may only sell. */
  isReduceOnly: z.boolean().optional(),
  /** The symbols that the account may not trade. */
  forbiddenSymbols: z.array(z.string()).optional(),
  /** Whether commissions are paid in BNB, with a discount. */
  paysCommissionInBnb: z.boolean().optional(),
  /** Maps assets to what is free, and to what is locked apart from open orders. */
  balances: z.record(z.string(), z.object({ free: z.string(), locked: z.string().default("0") })).optional(),
  withdrawalAddresses: z
    .array(
      z.object({
        coin: z.string(),
        network: z.string(),
        name: z.string(),
        address: z.string(),
        isWhitelisted: z.boolean(),
      }),
    )
    .optional(),
});
export type AccountEdit = z.input<typeof accountEdit>;

/** Bans an address that requests come from, blocks it, or lets it in again. */
export const accessChange = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ban"), seconds: z.number().positive() }),
  /** The web application firewall blocks it. */
  z.object({ kind: z.literal("block") }),
  /** It is in a country that Binance doesn't serve. */
  z.object({ kind: z.literal("restrict") }),
  /** Everything about it is forgotten, including its used weight. */
  z.object({ kind: z.literal("pardon") }),
]);
export type AccessChange = z.infer<typeof accessChange>;

export const weightLimits = z.object({ api: z.int().positive(), sapi: z.int().positive() });
export type WeightLimits = z.infer<typeof weightLimits>;

/** An open WebSocket. */
const openSocket = z.object({
  kind: z.enum(["api", "streams"]),
  /** The client's address. */
  source: z.string(),
  /** The host and path that the client called. */
  url: z.string(),
  opened: z.iso.datetime(),
  /** The streams that it gets. */
  streams: z.array(z.string()),
  /** The API key that has logged on. */
  apiKey: z.string().nullable(),
  isSilent: z.boolean(),
});
export type OpenSocket = z.infer<typeof openSocket>;
export const socketList = z.object({ sockets: z.array(openSocket) });

/** Which WebSockets a change hits: all, if both are left out. */
const chosen = { source: z.string().optional(), only: z.enum(["api", "streams"]).optional() };

/** What happens to WebSockets that are open. */
export const socketChange = z.discriminatedUnion("kind", [
  /** Their connections are reset. */
  z.object({ ...chosen, kind: z.literal("cut") }),
  /** They stay open, but nothing is sent or answered any more. */
  z.object({ ...chosen, kind: z.literal("silence") }),
  /** The event serverShutdown is sent, and they are closed after this time. */
  z.object({ ...chosen, kind: z.literal("shut-down"), seconds: z.number().min(0) }),
  /** The account's events are held back this long, on all WebSockets and until the next such change. */
  z.object({ ...chosen, kind: z.literal("delay-events"), milliseconds: z.int().min(0) }),
  /** The next events of each depth stream are lost. */
  z.object({ ...chosen, kind: z.literal("lose-depth"), events: z.int().positive() }),
]);
export type SocketChange = z.infer<typeof socketChange>;

export const clockOffset = z.object({ milliseconds: z.int() });
export const symbolEdit = z.object({ status: z.enum(["TRADING", "BREAK"]) });
export const keyList = z.object({ keys: z.array(listedKey) });
