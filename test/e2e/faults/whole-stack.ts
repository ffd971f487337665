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
import { type Counted, counted, countingBot, invocationOf } from "../counting-bot.ts";
import { hetzner } from "../hetzner.ts";
import { Server } from "../server.ts";
import type { Stack } from "../stack.ts";

/** The type that a stack begins with. */
const firstType = "cx23";

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
  /** The server's, and then the standby address if there is one. */
  #addresses: string[] = [];
  #number = 0;
  #isComplete = false;

  private constructor(stack: Stack) {
    this.stack = stack;
  }

  /** A stack that has only settings yet. */
  static async ready(name: string): Promise<WholeStack> {
    const stack = await stackWithBot(name);
    await stack.set("stateVolume", "10");
    await stack.set("location", "fsn1");
    await stack.set("sshKeys", await makeLoginKey());
    return new WholeStack(stack);
  }

  async remove(): Promise<void> {
    await hetzner.reset();
    await this.#removeAll();
  }

  /** The stack's server, and not one that a failover has fenced. */
  async server() {
    const [server, ...others] = (await hetzner.servers()).filter(({ name }) => !name.endsWith("-fenced"));
    if (server === undefined || others.length > 0) {
      throw new Error(`expected one server, found ${others.length + (server ? 1 : 0)}`);
    }
    return server;
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
      await this.#removeAll();
    }
    // A flow changes it, and a disk can't shrink.
    await this.stack.set("serverType", firstType);
    if (this.#addresses.length > 1) {
      await this.stack.unset("standby");
    }
    this.#addresses = [];
  }

  /** Also what a state doesn't know, which was lost by a flow that didn't end well. */
  async #removeAll(): Promise<void> {
    try {
      await this.stack.remove();
    } catch {
      const recover = ["--yes", "--rebuild-server", "--without-state"];
      expect(await this.stack.script("recover", recover)).toMatchObject({ code: 0 });
      await this.stack.remove();
    }
  }

  /** After the first `pulumi up`: the key, and the bot's program. */
  async completeIfNew(isNew: boolean): Promise<void> {
    if (isNew) {
      this.#addresses = [await this.stack.output("ipToWhitelist")];
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

  /** The stack gets a standby address, and a key that may be used from both. */
  async reserveStandby(): Promise<void> {
    if (this.#addresses.length === 1) {
      await this.stack.set("standby", "hel1");
      await this.stack.mustUp();
      this.#addresses.push(await this.stack.output("standbyIp"));
      await this.takeNextKey();
      await this.stack.mustUp();
    }
    // What the exchange has seen from the address that the bot leaves now.
    await binance.clearRequests();
  }

  /** Whether the server is at another address than at first. */
  async isAtStandby(): Promise<boolean> {
    return (await this.stack.output("ipToWhitelist")) !== this.#addresses[0];
  }

  /** From the next `pulumi up` on, another key is the right one. */
  async takeNextKey(): Promise<void> {
    const previous = this.#previous;
    this.#previous = this.#keyPair;
    this.#keyPair = await createKey(`TradingBot-Faults-${this.next()}`, this.#addresses);
    await this.stack.setKeyPair(this.#keyPair);
    if (previous !== undefined) {
      await binance.deleteKey(previous.apiKey);
    }
  }

  async now(): Promise<Whole> {
    const { id } = await this.server();
    return { server: id, volumes: await idsAt("volumes"), counted: await counted(new Server(id)) };
  }

  /** Everything is there once, the bot trades with the right key, and it still knows what it knew. */
  async expectWhole(before: Whole | undefined, { keepsServer }: { keepsServer: boolean }): Promise<void> {
    const address = await this.stack.output("ipToWhitelist");
    const listed = await this.server();
    expect(listed).toMatchObject({ ipv4: address, status: "running" });
    const server = new Server(listed.id);
    await this.#expectOnce(address);
    expect(await server.pairInUnit()).toEqual(this.#keyPair);
    // After a reboot, it starts when the guard has checked its key.
    await new BotOnServer(server).becomes("active");
    // The volume is where the first address is, and can't leave it.
    expect(await isOnVolume(server)).toBe(address === this.#addresses[0]);
    const now = await until(() => counted(server));
    if (before !== undefined) {
      expect(listed.id === before.server).toBe(keepsServer);
      expect(await idsAt("volumes")).toEqual(before.volumes);
      expect(now.highest).toBeGreaterThanOrEqual(before.counted.highest);
      expect(await invocationOf(server, before.counted.highest)).toBe(before.counted.invocation);
    }
    // A number that is missing is a count that was lost.
    expect(now.rows).toBe(now.highest);
    const sources = await this.#sources(address);
    // One address, or one after the other and never the first one again.
    expect(sources).toEqual([...new Set(sources)]);
    expect(this.#addresses).toEqual(expect.arrayContaining(sources));
  }

  /** At Hetzner. After a failover, there is also the server that it has left, which is off. */
  async #expectOnce(address: string): Promise<void> {
    const fenced = (await hetzner.servers()).filter(({ name }) => name.endsWith("-fenced"));
    expect(fenced.length).toBeLessThanOrEqual(this.#addresses.length - 1);
    expect(fenced.filter(({ status }) => status !== "off")).toEqual([]);
    expect(this.#addresses).toContain(address);
    const addresses = await hetzner.primaryIps();
    expect(addresses.map(({ ip }) => ip).toSorted()).toEqual(this.#addresses.toSorted());
    expect(addresses.filter(({ isProtected }) => !isProtected)).toEqual([]);
    expect(await idsAt("firewalls")).toHaveLength(1 + fenced.length);
    expect(await idsAt("ssh_keys")).toHaveLength(1);
    expect(await idsAt("volumes")).toHaveLength(1);
  }

  /**
   * From where the exchange has accepted signed requests, in order and without repetitions, once the bot has sent one from
   * its present address.
   */
  #sources(address: string): Promise<string[]> {
    return until(async () => {
      const sources = (await binance.requests())
        .filter(({ path, status }) => path.startsWith("/api/v3/order/test") && status === 200)
        .map(({ source }) => source);
      return sources.at(-1) === address && sources.filter((source, index) => source !== sources[index - 1]);
    });
  }
}

async function isOnVolume(server: Server): Promise<boolean> {
  return (await server.run("mountpoint --quiet /var/lib/trading-bot && echo yes || echo no")) === "yes";
}

/** As the message says after another host key: the server was set up again since the owner's last login. */
export async function forgetHostKey(address: string): Promise<void> {
  await attempt(["ssh-keygen", "-R", address, "-f", join(foldersOfThisRun().home, ".ssh/known_hosts")]);
}

/** The owner's own login key, where their ssh finds it. @returns its public half */
async function makeLoginKey(): Promise<string> {
  const file = join(foldersOfThisRun().home, ".ssh/id_ed25519");
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await attempt(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file]);
  return (await readFile(`${file}.pub`, "utf8")).trim();
}

/** The ids of all items of a list of Hetzner's. */
async function idsAt(list: string): Promise<number[]> {
  const headers = { authorization: `Bearer ${process.env.HCLOUD_TOKEN ?? ""}` };
  const reply = await fetch(`https://api.hetzner.cloud/v1/${list}`, { headers });
  const items = z.looseObject({ [list]: named }).parse(await reply.json())[list];
  return named.parse(items).map(({ id }) => id);
}
