import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "@jest/globals";
import * as z from "zod";
import type { KeyPair } from "../../../binance/key-pair.ts";
import { attempt } from "../../../sandbox/command.ts";
import { foldersOfThisRun } from "../../../sandbox/run-folders.ts";
import { until } from "../../../sandbox/until.ts";
import { binance, createKey } from "../binance.ts";
import { BotOnServer, stackWithBot } from "../bot.ts";
import { hetzner, onlyServer } from "../hetzner.ts";
import { Server } from "../server.ts";
import type { Stack } from "../stack.ts";

/** A bot that counts in SQLite, and tests an order with each count. */
const countingBot = join(import.meta.dirname, "../bots/counting");
const database = "/var/lib/trading-bot/counts.sqlite";

const count = z.tuple([z.int(), z.int(), z.string()]);
/** How many rows there are, the highest number, and which start of the bot wrote that one. */
export interface Counted {
  rows: number;
  highest: number;
  invocation: string;
}

const named = z.array(z.looseObject({ id: z.int() }));

/** What a stack has at Hetzner, by id, and what its bot knows. */
export interface Whole {
  server: number;
  volumes: number[];
  counted: Counted;
}

/** A stack whose runs are killed, and what must be true of it afterwards. */
export class WholeStack {
  readonly stack: Stack;
  #keyPair: KeyPair | undefined;
  /** The one before it, which the server may still have. */
  #previous: KeyPair | undefined;
  #address = "";
  #number = 0;
  #isComplete = false;

  private constructor(stack: Stack) {
    this.stack = stack;
  }

  /** A stack that has only settings yet. */
  static async ready(name: string): Promise<WholeStack> {
    const stack = await stackWithBot(name);
    await stack.set("sshKeys", await makeLoginKey());
    return new WholeStack(stack);
  }

  async remove(): Promise<void> {
    await hetzner.reset();
    await this.stack.remove();
  }

  /** Another number each time, for names and settings. */
  next(): number {
    this.#number += 1;
    return this.#number;
  }

  /** Deletes everything, so that the next `pulumi up` is the first one. */
  async becomeNew(): Promise<void> {
    this.#isComplete = false;
    if (this.#keyPair !== undefined) {
      await this.stack.unset("binance:apiKey");
      await this.stack.unset("binance:apiSecret");
      this.#keyPair = undefined;
    }
    await this.stack.pulumi(["cancel", "--yes", "--stack", this.stack.name]);
    if ((await hetzner.primaryIps()).length > 0) {
      await this.stack.remove();
    }
  }

  /** After the first `pulumi up`: the key, and the bot's program. */
  async completeIfNew(isNew: boolean): Promise<void> {
    if (isNew) {
      this.#address = await this.stack.output("ipToWhitelist");
      await binance.clearRequests();
      await this.takeNextKey();
      await this.stack.mustUp();
      const run = await this.stack.script("install-bot", [countingBot]);
      expect(run).toEqual({ code: 0, stdout: expect.any(String), stderr: expect.any(String) });
    }
  }

  /** A flow begins. If it doesn't end well, the next one begins from scratch. */
  abandon(): void {
    this.#isComplete = false;
  }

  /** A flow has ended well, so the next one may begin here. */
  isWhole(): void {
    this.#isComplete = true;
  }

  /** A stack that has nothing yet, or was abandoned, gets everything by runs without a fault. */
  async complete(): Promise<void> {
    if (!this.#isComplete) {
      await this.becomeNew();
      await this.stack.mustUp();
      await this.completeIfNew(true);
      this.#isComplete = true;
    }
  }

  /** From the next `pulumi up` on, another key is the right one. */
  async takeNextKey(): Promise<void> {
    const previous = this.#previous;
    this.#previous = this.#keyPair;
    this.#keyPair = await createKey(`TradingBot-Faults-${this.next()}`, [this.#address]);
    await this.stack.setKeyPair(this.#keyPair);
    if (previous !== undefined) {
      await binance.deleteKey(previous.apiKey);
    }
  }

  async now(): Promise<Whole> {
    const { id } = await onlyServer();
    return { server: id, volumes: await idsAt("volumes"), counted: await this.#counted(new Server(id)) };
  }

  /** Everything is there once, the bot trades with the right key, and it still knows what it knew. */
  async expectWhole(before: Whole | undefined, { keepsServer }: { keepsServer: boolean }): Promise<void> {
    const listed = await onlyServer();
    expect(listed).toMatchObject({ ipv4: this.#address, status: "running" });
    expect(await hetzner.primaryIps()).toMatchObject([{ ip: this.#address, isProtected: true }]);
    expect(await idsAt("firewalls")).toHaveLength(1);
    expect(await idsAt("ssh_keys")).toHaveLength(1);
    const server = new Server(listed.id);
    expect(await server.pairInUnit()).toEqual(this.#keyPair);
    expect(await new BotOnServer(server).activity()).toBe("active");
    const counted = await until(() => this.#counted(server));
    if (before !== undefined) {
      expect(listed.id === before.server).toBe(keepsServer);
      expect(await idsAt("volumes")).toEqual(before.volumes);
      expect(counted.highest).toBeGreaterThanOrEqual(before.counted.highest);
      expect(await this.#invocationOf(server, before.counted.highest)).toBe(before.counted.invocation);
    }
    // A number that is missing is a count that was lost.
    expect(counted.rows).toBe(counted.highest);
    expect(await this.#sources()).toEqual([this.#address]);
  }

  async #counted(server: Server): Promise<Counted> {
    const [rows, highest, invocation] = count.parse(
      await sql(
        server,
        "SELECT (SELECT COUNT(*) FROM counts), number, invocation FROM counts ORDER BY number DESC LIMIT 1",
      ),
    );
    return { rows, highest, invocation };
  }

  async #invocationOf(server: Server, number: number): Promise<string> {
    const [invocation] = z
      .tuple([z.string()])
      .parse(await sql(server, `SELECT invocation FROM counts WHERE number = ${number}`));
    return invocation;
  }

  /** Where the exchange has accepted signed requests from, once the bot has sent one. */
  #sources(): Promise<string[]> {
    return until(async () => {
      const accepted = (await binance.requests()).filter(
        ({ path, status }) => path.startsWith("/api/v3/order/test") && status === 200,
      );
      return accepted.length > 0 && [...new Set(accepted.map(({ source }) => source))];
    });
  }
}

/** The owner's own login key, where their ssh finds it. @returns its public half */
async function makeLoginKey(): Promise<string> {
  const file = join(foldersOfThisRun().home, ".ssh/id_ed25519");
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await attempt(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file]);
  return (await readFile(`${file}.pub`, "utf8")).trim();
}

/** The first row that a query finds. */
async function sql(server: Server, query: string): Promise<unknown> {
  const program = `import json, sqlite3; print(json.dumps(sqlite3.connect("file:${database}?mode=ro", uri=True, timeout=60).execute("${query}").fetchone()))`;
  return JSON.parse(await server.run(`python3 -c '${program}'`));
}

/** The ids of all items of a list of Hetzner's. */
async function idsAt(list: string): Promise<number[]> {
  const headers = { authorization: `Bearer ${process.env.HCLOUD_TOKEN ?? ""}` };
  const reply = await fetch(`https://api.hetzner.cloud/v1/${list}`, { headers });
  const items = z.looseObject({ [list]: named }).parse(await reply.json())[list];
  return named.parse(items).map(({ id }) => id);
}
