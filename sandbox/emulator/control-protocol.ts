import * as z from "zod";

// The part of the control API that all emulators share: what clients and servers of the control sockets exchange.

/** A request, and how it was answered. */
export const loggedRequest = z.object({
  method: z.string(),
  /** With the query, but without a signature in it. */
  path: z.string(),
  /** Null as long as there is no answer. It stays null if the request hangs or its connection is reset. */
  status: z.int().nullable(),
});
export type LoggedRequest = z.infer<typeof loggedRequest>;

/** A request whose sender matters. */
export const loggedRequestFrom = loggedRequest.extend({
  /** The address that it came from, as the kernel saw it. */
  source: z.string(),
});
export type LoggedRequestFrom = z.infer<typeof loggedRequestFrom>;

/** Which requests a fault hits. */
export const matching = {
  /** Any method, if left out. */
  method: z.string().optional(),
  /** A regular expression for the path with its query; any path, if left out. */
  path: z.string().optional(),
  /** How many requests it hits: one, if left out. */
  times: z.int().positive().default(1),
};

/** An answer that isn't the API's, as a proxy on the way would send it. */
const garbage = z.object({
  kind: z.literal("garbage"),
  status: z.int().min(200).max(599),
  body: z.string(),
});
/** The request is read, and no answer ever comes. */
const hang = z.object({ kind: z.literal("hang") });
/** The connection is reset, and the call isn't carried out. */
const reset = z.object({ kind: z.literal("reset") });
/** The call is carried out, but its answer is lost: the connection is reset. */
const loseAnswer = z.object({ kind: z.literal("lose-answer") });
/** The call is carried out as usual, but only after this time. */
const slow = z.object({ kind: z.literal("slow"), milliseconds: z.number().min(0) });
/** The call is carried out as usual, but only when the test clears all faults. */
const hold = z.object({ kind: z.literal("hold") });

/** What can happen to any request on its way. Each emulator adds the errors of its API. */
export const wireEffects = [garbage, hang, reset, loseAnswer, slow, hold] as const;
export type WireEffect = z.infer<(typeof wireEffects)[number]>;
