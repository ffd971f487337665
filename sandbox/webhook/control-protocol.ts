import * as z from "zod";
import { matching, wireEffects } from "../emulator/fault-protocol.ts";

// What is spoken over the control socket, between control.ts and receiver.ts.

/** A request as it came in, and how it was answered. */
export const loggedRequest = z.object({
  method: z.string(),
  path: z.string(),
  /** The address that it came from, as the kernel saw it. */
  source: z.string(),
  /** Null while there is no answer; it stays so for requests that hang or are reset. */
  status: z.int().nullable(),
});
export type LoggedRequest = z.infer<typeof loggedRequest>;

/** A message that was taken. */
export const message = z.object({
  method: z.string(),
  /** With its query. */
  path: z.string(),
  /** Null where the sender didn't say. */
  contentType: z.string().nullable(),
  /** As it came, read as UTF-8. */
  body: z.string(),
  /** The address that it came from, as the kernel saw it. */
  source: z.string(),
});
export type Message = z.infer<typeof message>;
export const messageList = z.object({ messages: z.array(message) });

/** What happens to the next requests that match: "garbage" with a status of 500 is a receiver's own failure. */
export const fault = z.object({ ...matching, effect: z.discriminatedUnion("kind", wireEffects) });
export type Fault = z.input<typeof fault>;
export type FaultEffect = z.output<typeof fault>["effect"];
