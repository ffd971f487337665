import { randomUUID } from "node:crypto";
import type { Server } from "./server.ts";

/** Something that a tool does on a server. */
export interface MomentOnServer {
  /** For people. */
  name: string;
  /** A shell condition that shows it. */
  condition: string;
  /** How the tool's command line begins: "sbin/state-volume use". */
  tool: string;
}

/** Waits for a moment on a server, and can kill the tool then, as if the server lost its power. */
export class MomentWatch {
  /** Whether the moment was seen. */
  hasCome = false;
  readonly #server: Server;
  /** Ends the waiting for a moment that never comes. */
  readonly #over = `/run/${randomUUID()}`;
  readonly #waiting: Promise<void>;

  constructor(server: Server, { condition, tool }: MomentOnServer, kills: boolean) {
    this.#server = server;
    // The first letter in brackets, so that the pattern isn't found in this command itself.
    const pattern = `[${tool.slice(0, 1)}]${tool.slice(1)}`;
    const kill = kills ? `pkill --signal KILL --full '${pattern}' || true` : "true";
    const script = `until ${condition} 2>/dev/null; do test -e ${this.#over} && exit; sleep 0.01; done; ${kill}; echo seen`;
    this.#waiting = server.run(script).then((output) => {
      this.hasCome = output === "seen";
    });
  }

  /** @returns whether the moment was seen */
  async end(): Promise<boolean> {
    await this.#server.run(`touch ${this.#over}`);
    await this.#waiting;
    await this.#server.run(`rm ${this.#over}`);
    return this.hasCome;
  }
}
