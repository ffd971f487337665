import * as z from "zod";
import { matching, wireEffects } from "../emulator/fault-protocol.ts";

// What is spoken over the control socket, between control.ts and control-server.ts.

/** A request as it came in, and how it was answered. */
export const loggedRequest = z.object({
  method: z.string(),
  /** With the query, without /v1. */
  path: z.string(),
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
      code: z.string(),
      message: z.string(),
    }),
    ...wireEffects,
  ]),
});
export type Fault = z.input<typeof fault>;

/** Makes the next actions with this command end in an error, without their work being done. */
export const actionFailure = z.object({
  /** An action's command: "create_server", "start_server", "apply_firewall", … */
  command: z.string(),
  code: z.string().default("action_failed"),
  message: z.string().default("Action failed"),
  times: z.int().positive().default(1),
});
export type ActionFailure = z.input<typeof actionFailure>;

/** What can't be ordered at the moment; every server type, if none is named. */
export const soldOut = z.array(z.object({ location: z.string(), serverType: z.string().optional() }));
export type SoldOut = z.infer<typeof soldOut>;

/** A server and the machine that it is. */
export const listedServer = z.object({
  /** "project-1" is the first token's project. */
  project: z.string(),
  /** The server's id, and the machine's. */
  id: z.int(),
  name: z.string(),
  status: z.string(),
  ipv4: z.string().nullable(),
});
export type ListedServer = z.infer<typeof listedServer>;

/** A Primary IP, whoever has it. */
export const listedPrimaryIp = z.object({
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
