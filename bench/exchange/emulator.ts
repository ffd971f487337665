import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import * as z from "zod";
import { BinanceControl } from "../../sandbox/binance/control.ts";

const usage = z.object({ url: z.string(), seconds: z.number() });

/** An emulated Binance that runs in its own process. */
export class Emulator {
  readonly url: string;
  readonly control: BinanceControl;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string, control: BinanceControl) {
    this.#child = child;
    this.url = url;
    this.control = control;
  }

  /** @param socket the path of its control socket */
  static async start(socket: string): Promise<Emulator> {
    const child = fork(join(import.meta.dirname, "process.ts"), [socket]);
    return new Emulator(child, (await usageOf(child)).url, new BinanceControl(socket));
  }

  /** The processor time that it needs while something happens. */
  async secondsFor(act: () => Promise<unknown>): Promise<number> {
    const before = await this.#seconds();
    await act();
    return (await this.#seconds()) - before;
  }

  stop(): void {
    this.#child.disconnect();
  }

  async #seconds(): Promise<number> {
    this.#child.send("usage");
    return (await usageOf(this.#child)).seconds;
  }
}

async function usageOf(child: ChildProcess): Promise<z.infer<typeof usage>> {
  return usage.parse((await once(child, "message"))[0]);
}
