import * as z from "zod";

// What every emulator's faults have in common, as it is spoken over the control sockets.

/** Which requests a fault hits. */
export const matching = {
  /** Any method, if left out. */
  method: z.string().optional(),
  /** A regular expression for the path with its query; any path, if left out. */
  path: z.string().optional(),
  /** How many requests it hits, one if left out. */
  times: z.int().positive().default(1),
};

/** Something that is no answer of the API's, as a proxy in between would send it. */
const garbage = z.object({
  kind: z.literal("garbage"),
  status: z.int().min(200).max(599),
  body: z.string(),
});
/** The request is read, and no answer ever comes. */
const hang = z.object({ kind: z.literal("hang") });
/** The connection is reset; the call was not carried out. */
const reset = z.object({ kind: z.literal("reset") });
/** The call is carried out, and its answer gets lost: the connection is reset. */
const loseAnswer = z.object({ kind: z.literal("lose-answer") });
/** The call is carried out as always, after that much time. */
const slow = z.object({ kind: z.literal("slow"), milliseconds: z.number().min(0) });

/** What can happen on the way, whatever the API; each emulator adds its own errors. */
export const wireEffects = [garbage, hang, reset, loseAnswer, slow] as const;
export type WireEffect = z.infer<(typeof wireEffects)[number]>;
