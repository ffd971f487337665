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

/** What happens to the next actions with this command. */
export const actionFault = z.object({
  /** An action's command: "create_server", "start_server", "apply_firewall", … */
  command: z.string(),
  times: z.int().positive().default(1),
  effect: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("error"),
      code: z.string().default("action_failed"),
      message: z.string().default("Action failed"),
      /** Whether the action fails only after all of its work is done, and not before it begins. */
      isWorkDone: z.boolean().default(false),
    }),
    /** It runs, without doing its work, until the test clears its faults. */
    z.object({ kind: z.literal("hang") }),
  ]),
});
export type ActionFault = z.input<typeof actionFault>;

/** A server, and the machine behind it. */
const listedServer = z.object({
  /** "project-1" is the first token's project. */
  project: z.string(),
  /** The id of the server, and of its machine. */
  id: z.int(),
  name: z.string(),
  status: z.string(),
  serverType: z.string(),
  location: z.string(),
  ipv4: z.string().nullable(),
});
export type ListedServer = z.infer<typeof listedServer>;

/** A Primary IP, assigned or not. */
const listedPrimaryIp = z.object({
  project: z.string(),
  id: z.int(),
  name: z.string(),
  ip: z.string(),
  location: z.string(),
  isProtected: z.boolean(),
  /** The server's id. */
  assigneeId: z.int().nullable(),
});
export type ListedPrimaryIp = z.infer<typeof listedPrimaryIp>;

/** A volume, attached or not. */
const listedVolume = z.object({
  project: z.string(),
  id: z.int(),
  name: z.string(),
  /** In gigabytes. */
  size: z.int(),
  location: z.string(),
  isProtected: z.boolean(),
  labels: z.record(z.string(), z.string()),
  /** The server that it is attached to. */
  serverId: z.int().nullable(),
});
export type ListedVolume = z.infer<typeof listedVolume>;

export const remainingRequests = z.object({ remaining: z.int().min(0) });
export const serverList = z.object({ servers: z.array(listedServer) });
export const volumeList = z.object({ volumes: z.array(listedVolume) });
export const primaryIpList = z.object({ primaryIps: z.array(listedPrimaryIp) });
