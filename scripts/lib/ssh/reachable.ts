import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";

/** How long a server may take to start, in ms. */
const limit = 180_000;

/**
 * Waits until the server accepts connections for SSH, so that what follows finds it. Gives up without an error after three
 * minutes: what needs the server reports it better.
 */
export async function untilReachable(host: string, port = 22): Promise<void> {
  const end = Date.now() + limit;
  while (Date.now() < end) {
    const socket = connect({ host, port, timeout: 5000 });
    const opened = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "timeout").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (opened) {
      return;
    }
    await setTimeout(1000);
  }
}
