import { expect } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { bootResult } from "../../sandbox/machines/inspect.ts";
import { until } from "../../sandbox/until.ts";
import { createKey } from "./binance.ts";
import { BotOnServer, nextOrder } from "./bot.ts";
import { type Counted, counted, countingBot } from "./counting-bot.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

/** A stack's server on a virtual machine, with a bot that counts. */
export class VirtualServer {
  readonly #stack: Stack;
  address = "";
  live: KeyPair = { apiKey: "", apiSecret: "" };
  server = new Server(0);
  bot = new BotOnServer(this.server);

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /**
   * Runs the first `pulumi up` until it ends well. It waits five minutes for a server's first answer, and then says that it has to
   * be run again. An emulated server may take longer.
   */
  async order(): Promise<void> {
    await until(async () => {
      const { code, stdout, stderr } = await this.#stack.up();
      if (code !== 0 && !stdout.includes("run `pulumi up` again")) {
        throw new Error(`pulumi up failed:\n${stdout}\n${stderr}`);
      }
      return code === 0;
    });
    await this.find();
    this.address = await this.#stack.output("ipToWhitelist");
  }

  /** From now on, the stack's server is the one that Hetzner has now. */
  async find(): Promise<void> {
    this.server = new Server((await onlyServer()).id);
    this.bot = new BotOnServer(this.server);
  }

  /** Sets the next key pair, which the next `pulumi up` must make the live one. */
  async setNextPair(): Promise<void> {
    this.live = await createKey("TradingBot-Hetzner-01", [this.address]);
    await this.#stack.setKeyPair(this.live);
  }

  /** Installs the bot that counts, and waits until it does. */
  async installCountingBot(): Promise<void> {
    expect(await this.#stack.script("install-bot", [countingBot])).toMatchObject({ code: 0 });
    await until(() => this.counted().catch(() => undefined));
  }

  counted(): Promise<Counted> {
    return counted(this.server);
  }

  /** Waits until its boot is over. @returns systemd's state */
  booted(): Promise<string> {
    return bootResult(this.server.id);
  }

  /** The bot runs with the live key pair, trades from its address, counts, and has lost none of the counts that were there before. */
  async expectCounting({ highest }: Counted): Promise<void> {
    await this.bot.becomes("active");
    expect(await this.server.pairInUnit()).toEqual(this.live);
    const invocation = await this.bot.property("InvocationID");
    const now = await until(async () => {
      const found = await this.counted();
      return found.highest > highest && found.invocation === invocation ? found : undefined;
    });
    expect(now.rows).toBe(now.highest);
    expect(await nextOrder()).toEqual({ source: this.address, status: 200 });
  }
}
