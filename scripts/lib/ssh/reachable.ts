import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import * as z from "zod";

export interface Waiting {
  port?: number;
  /** How long at most, in ms. A server takes a minute or two to start. */
  limit?: number;
  /** Called once if it takes longer than `slowAfter`, in ms. */
  onSlow?: () => void;
  slowAfter?: number;
}

/** How the last try ended. "no-answer" is what a firewall makes of an address that it doesn't let in. */
export type Reached = "reached" | "refused" | "no-network" | "no-answer";

/**
 * Waits until the server accepts connections for SSH, so that what follows finds it.
 *
 * @returns how the last try before the limit ended
 */
export async function untilReachable(
  host: string,
  { port = 22, limit = 180_000, onSlow = () => undefined, slowAfter = 20_000 }: Waiting = {},
): Promise<Reached> {
  const start = Date.now();
  let isReported = false;
  for (;;) {
    const reached = await tryToReach(host, port);
    if (reached === "reached" || Date.now() - start >= limit) {
      return reached;
    }
    if (!isReported && Date.now() - start >= slowAfter) {
      isReported = true;
      onSlow();
    }
    await setTimeout(1000);
  }
}

async function tryToReach(host: string, port: number): Promise<Reached> {
  const socket = connect({ host, port, timeout: 5000 });
  const reached = await Promise.race([
    once(socket, "connect").then((): Reached => "reached"),
    once(socket, "timeout").then((): Reached => "no-answer"),
  ]).catch(outcomeOf);
  socket.destroy();
  return reached;
}

function outcomeOf(error: unknown): Reached {
  const { code } = z.object({ code: z.string() }).catch({ code: "" }).parse(error);
  return outcomes.get(code) ?? "no-answer";
}

const outcomes = new Map<string, Reached>([
  ["ECONNREFUSED", "refused"],
  ["ENETUNREACH", "no-network"],
  ["ENETDOWN", "no-network"],
]);
