import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";

export interface Waiting {
  port?: number;
  /** How long at most, in ms. A server takes a minute or two to start. */
  limit?: number;
  /** Called once if it takes longer than `slowAfter`, in ms. */
  onSlow?: () => void;
  slowAfter?: number;
}

/**
 * Waits until the server accepts connections for SSH, so that what follows finds it.
 *
 * @returns false after the limit
 */
export async function untilReachable(
  host: string,
  { port = 22, limit = 180_000, onSlow = () => undefined, slowAfter = 20_000 }: Waiting = {},
): Promise<boolean> {
  const start = Date.now();
  let isReported = false;
  while (Date.now() - start < limit) {
    if (await accepts(host, port)) {
      return true;
    }
    if (!isReported && Date.now() - start >= slowAfter) {
      isReported = true;
      onSlow();
    }
    await setTimeout(1000);
  }
  return false;
}

async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 5000 });
  const opened = await Promise.race([
    once(socket, "connect").then(() => true),
    once(socket, "timeout").then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return opened;
}
