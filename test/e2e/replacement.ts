import { join } from "node:path";
import { expect } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { createKey } from "./binance.ts";
import { BotOnServer, stackWithBot } from "./bot.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

/** A bot that adds a line to its diary at each start. */
export const diaryBot = join(import.meta.dirname, "bots/diary");

/** What a replacement must keep, and the id of the server that it replaces. */
export interface Kept {
  id: number;
  diary: string;
  program: string;
}

/** A stack whose server is replaced, with a bot that runs. */
export class ReplacedStack {
  readonly stack: Stack;
  server: Server;
  bot: BotOnServer;

  readonly #address: string;
  readonly #keyPair: KeyPair;

  private constructor(stack: Stack, address: string, keyPair: KeyPair, server: Server) {
    this.stack = stack;
    this.#address = address;
    this.#keyPair = keyPair;
    this.server = server;
    this.bot = new BotOnServer(server);
  }

  static async ready(name: string): Promise<ReplacedStack> {
    const stack = await stackWithBot(name);
    await stack.mustUp();
    const address = await stack.output("ipToWhitelist");
    const keyPair = await createKey("TradingBot-Replaced-01", [address]);
    await stack.setKeyPair(keyPair);
    await stack.mustUp();
    expect(await stack.script("install-bot", [diaryBot])).toMatchObject({ code: 0 });
    return new ReplacedStack(stack, address, keyPair, new Server((await onlyServer()).id));
  }

  async remove(): Promise<void> {
    await hetzner.reset();
    await this.stack.remove();
  }

  /** From now on, `server` and `bot` are those of the stack's only server. */
  async useServer(): Promise<void> {
    this.server = new Server((await onlyServer()).id);
    this.bot = new BotOnServer(this.server);
  }

  diary(): Promise<string> {
    return this.server.run("cat /var/lib/trading-bot/diary");
  }

  /** How often the bot was started. */
  async starts(): Promise<number> {
    return (await this.diary()).match(/^started/gm)?.length ?? 0;
  }

  #program(): Promise<string> {
    return this.server.run("readlink /opt/trading-bot/current; ls /opt/trading-bot/releases");
  }

  async now(): Promise<Kept> {
    return { id: this.server.id, diary: await this.diary(), program: await this.#program() };
  }

  /** The replacement has kept what belongs to the bot, on another server at the same address. */
  async expectTheSameBot(before: Kept): Promise<void> {
    expect((await onlyServer()).id).not.toBe(before.id);
    await this.#expectKept(before);
  }

  /** The rebuild has kept what belongs to the bot, on a fresh disk of the same server. */
  async expectTheSameBotRebuilt(before: Kept): Promise<void> {
    expect((await onlyServer()).id).toBe(before.id);
    await this.#expectKept(before);
  }

  async #expectKept(before: Kept): Promise<void> {
    expect(await onlyServer()).toMatchObject({ ipv4: this.#address, status: "running" });
    await this.useServer();
    expect(await this.diary()).toContain(before.diary);
    expect(await this.#program()).toBe(before.program);
    expect(await this.server.pairInUnit()).toEqual(this.#keyPair);
    expect(await this.server.run("ls -A /var/lib/trading-bot-server")).not.toContain("moving");
    expect(await this.server.run("stat -c '%U %G %a' /var/lib/trading-bot /var/lib/trading-bot/diary")).toBe(
      "trading-bot trading-bot 700\ntrading-bot trading-bot 600",
    );
  }
}
