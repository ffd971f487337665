import * as z from "zod";
import { matching, wireEffects } from "../emulator/control-protocol.ts";

// What control.ts and receiver.ts exchange over the control socket.

/** A message that the webhook has accepted. */
const message = z.object({
  method: z.string(),
  /** With its query. */
  path: z.string(),
  /** Null if the sender gave none. */
  contentType: z.string().nullable(),
  /** As it arrived, read as UTF-8. */
  body: z.string(),
  /** The address that it came from, as the kernel saw it. */
  source: z.string(),
});
export type Message = z.infer<typeof message>;
export const messageList = z.object({ messages: z.array(message) });

/** What happens to the next requests that match. "garbage" with status 500 is a failure of the receiver. */
export const fault = z.object({ ...matching, effect: z.discriminatedUnion("kind", wireEffects) });
export type Fault = z.input<typeof fault>;
export type FaultEffect = z.output<typeof fault>["effect"];
