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
      code: z.string(),
      message: z.string(),
    }),
    ...wireEffects,
  ]),
});
export type Fault = z.input<typeof fault>;

/** Makes the next actions with this command fail, before any of their work is done. */
export const actionFailure = z.object({
  /** An action's command: "create_server", "start_server", "apply_firewall", … */
  command: z.string(),
  code: z.string().default("action_failed"),
  message: z.string().default("Action failed"),
  times: z.int().positive().default(1),
});
export type ActionFailure = z.input<typeof actionFailure>;

/** What can't be ordered at the moment. An entry without a server type means all types. */
export const soldOut = z.array(z.object({ location: z.string(), serverType: z.string().optional() }));
export type SoldOut = z.infer<typeof soldOut>;

/** A server, and the machine behind it. */
const listedServer = z.object({
  /** "project-1" is the first token's project. */
  project: z.string(),
  /** The id of the server, and of its machine. */
  id: z.int(),
  name: z.string(),
  status: z.string(),
  ipv4: z.string().nullable(),
});
export type ListedServer = z.infer<typeof listedServer>;

/** A Primary IP, assigned or not. */
const listedPrimaryIp = z.object({
  project: z.string(),
  id: z.int(),
  name: z.string(),
  ip: z.string(),
  isProtected: z.boolean(),
  /** The server's id. */
  assigneeId: z.int().nullable(),
});
export type ListedPrimaryIp = z.infer<typeof listedPrimaryIp>;

export const actionDuration = z.object({ milliseconds: z.number().min(0) });
export const remainingRequests = z.object({ remaining: z.int().min(0) });
export const serverList = z.object({ servers: z.array(listedServer) });
export const primaryIpList = z.object({ primaryIps: z.array(listedPrimaryIp) });
