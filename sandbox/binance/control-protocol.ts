import * as z from "zod";
import { matching, wireEffects } from "../emulator/fault-protocol.ts";

// What is spoken over the control socket, between control.ts and control-server.ts.

/** A request as it came in, and how it was answered. */
export const loggedRequest = z.object({
  method: z.string(),
  /** With the query, but without the signature in it. */
  path: z.string(),
  /** The address that it came from, as the kernel saw it. */
  source: z.string(),
  /** Null while there is no answer; it stays so for requests that hang or are reset. */
  status: z.int().nullable(),
});
export type LoggedRequest = z.infer<typeof loggedRequest>;

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
    }),
    ...wireEffects,
  ]),
});
export type Fault = z.input<typeof fault>;
export type FaultEffect = z.output<typeof fault>["effect"];

/** What a person fills in to create a key. */
export const keyWish = z.object({
  label: z.string(),
  type: z.enum(["hmac", "ed25519", "rsa"]).default("hmac"),
  /** PEM; for the last two types. */
  publicKey: z.string().optional(),
  /** Names of boxes, as state/permissions.ts has them, or fields of apiRestrictions. */
  permissions: z.array(z.string()).default(["reading"]),
  /** Addresses as they were typed; none means any. */
  whitelist: z.array(z.string()).default([]),
});
export type KeyWish = z.output<typeof keyWish>;

/** What a person changes of a key; the rest stays. */
export const keyEdit = z.object({
  label: z.string().optional(),
  permissions: z.array(z.string()).optional(),
  whitelist: z.array(z.string()).optional(),
});
export type KeyEdit = z.infer<typeof keyEdit>;

/** A key as the website lists it: never with its secret. */
export const listedKey = z.object({
  id: z.int(),
  label: z.string(),
  type: z.enum(["hmac", "ed25519", "rsa"]),
  apiKey: z.string(),
  created: z.iso.datetime(),
  /** Names, as state/permissions.ts has them. */
  permissions: z.array(z.string()),
  whitelist: z.array(z.string()),
});
export type ListedKey = z.infer<typeof listedKey>;

/** A key as it is shown once. */
export const createdKey = listedKey.extend({
  /** Null where the person has the private key. */
  apiSecret: z.string().nullable(),
});
export type CreatedKey = z.infer<typeof createdKey>;

/** What changes of the account; the rest stays. */
export const accountEdit = z.object({
  status: z.string().optional(),
  canTrade: z.boolean().optional(),
  /** For how long API trading is locked; 0 unlocks it. */
  lockedSeconds: z.number().min(0).optional(),
  /** Maps assets to what there is of them. */
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

/** What happens to an address that requests come from. */
export const verdict = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ban"), seconds: z.number().positive() }),
  /** The web application firewall turns it away. */
  z.object({ kind: z.literal("block") }),
  /** It is in a country that Binance doesn't serve. */
  z.object({ kind: z.literal("restrict") }),
  /** All that is known of it is forgotten, used weight included. */
  z.object({ kind: z.literal("pardon") }),
]);
export type Verdict = z.infer<typeof verdict>;

export const weightLimits = z.object({ api: z.int().positive(), sapi: z.int().positive() });
export type WeightLimits = z.infer<typeof weightLimits>;

export const clockOffset = z.object({ milliseconds: z.int() });
export const symbolEdit = z.object({ status: z.enum(["TRADING", "BREAK"]) });
export const keyList = z.object({ keys: z.array(listedKey) });
