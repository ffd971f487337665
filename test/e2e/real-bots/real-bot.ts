import { generateKeyPairSync } from "node:crypto";
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import type { KeyPair } from "../../../binance/key-pair.ts";
import type { ListedOrder } from "../../../sandbox/binance/control.ts";
import { attempt } from "../../../sandbox/command.ts";
import { rebootMachine } from "../../../sandbox/machines/inspect.ts";
import { foldersOfThisRun } from "../../../sandbox/run-folders.ts";
import { until } from "../../../sandbox/until.ts";
import { binance, createKey, spot } from "../binance.ts";
import { BotOnServer, stackWithBot } from "../bot.ts";
import { onlyServer } from "../hetzner.ts";
import { Server } from "../server.ts";
import type { Stack } from "../stack.ts";
import { type Cell, type Column, recordSeen, tableOfRun } from "./seen.ts";

// What every bot must survive that somebody else has written. What is compared is what the exchange has.

export const symbol = "BTCUSDC";

/** A bot that somebody else has written. */
export interface RealBot {
  /** As the table shows it: with its version. */
  title: string;
  /** What `npm run install-bot` installs. */
  folder: string;
  settings: object;
  /** What the server needs besides, before it is started. */
  prepare?: (session: Session) => Promise<void>;
  /** Its other secrets, bot.secrets. With them, `settings` has a path for each value, such as "environment.NAME". */
  secrets?: Record<string, string>;
  /** Makes it buy, and then leave an open order. */
  buy: (session: Session) => Promise<void>;
  /** Makes it sell what it has bought. */
  sell: (session: Session) => Promise<void>;
  /** A signed request that nobody else sends at its start. */
  firstRequest: string;
  /** HMAC, unless it needs an Ed25519 key. */
  keyType?: "ed25519";
  /** The command line of its process, if it sends keep-alives. */
  watchedProcess?: string;
  /** Whether it cancels its orders when it is stopped, and places others when it starts. */
  cancelsOrders?: true;
  /** Whether it follows the market, or its account, by WebSockets. */
  usesStreams: boolean;
  /** Trades at the demo account, or "not used" if this bot can't. Without it, nobody has tried. */
  demo?: ((session: Session) => Promise<void>) | "not used";
  /** Whether it has its own page, which another campaign opens in a browser. */
  hasPage?: true;
}

/** A copy of a program's folder, for a test that changes it. */
export async function copyOf(folder: string): Promise<string> {
  const copy = join(await mkdtemp(join(foldersOfThisRun().dir, "tmp", "program-")), "program");
  await cp(folder, copy, { recursive: true });
  return copy;
}

/** A stack with a server, on which real bots are installed one after the other. */
export class Session {
  readonly stack: Stack;
  readonly server: Server;
  readonly bot: BotOnServer;
  /** The server's. */
  readonly address: string;
  #keys = 0;
  #apiKey = "";

  private constructor(stack: Stack, id: number, address: string) {
    this.stack = stack;
    this.server = new Server(id);
    this.bot = new BotOnServer(this.server);
    this.address = address;
  }

  /** Needs PyPI: nothing can be installed without it, and no test may pass for that reason. */
  static async start(name: string): Promise<Session> {
    const look = ["curl", "--silent", "--show-error", "--fail", "--output", "/dev/null"] as const;
    const { code, stderr } = await attempt([...look, "https://pypi.org/simple/ccxt/"]);
    if (code !== 0) {
      throw new Error(
        `These tests need PyPI, or the package index in this computer's pip settings: ${stderr}`,
      );
    }
    const stack = await stackWithBot(name);
    await stack.unset("bot");
    await stack.mustUp();
    const session = new Session(stack, (await onlyServer()).id, await stack.output("ipToWhitelist"));
    await binance.editAccount({ balances: { USDC: { free: "1000" } } });
    return session;
  }

  /** Configures a bot, and installs its program. */
  async install(real: RealBot): Promise<void> {
    // Before the settings: until its program is there, the bot can't run, and a rotation would be rolled back.
    await this.rotate(real);
    await this.configure(real);
    await this.stack.mustUp();
    await this.bot.withoutTimers();
    await real.prepare?.(this);
    await this.starts(real, () => this.installProgram([real.folder]));
  }

  /** Removes the bot's settings, so that it is stopped. */
  async uninstall(): Promise<void> {
    await this.stack.unset("bot");
    await this.stack.mustUp();
  }

  /** Sets a new key pair, and then deletes the old one at Binance, as the owner does. */
  async rotate({ keyType }: RealBot): Promise<void> {
    this.#keys += 1;
    const label = `real-bot-${this.#keys}`;
    const pair = await (keyType === undefined ? createKey : createEd25519Key)(label, [this.address]);
    await this.stack.setKeyPair(pair);
    await this.stack.mustUp();
    if (this.#apiKey !== "") {
      await binance.deleteKey(this.#apiKey);
    }
    this.#apiKey = pair.apiKey;
  }

  /** Installs the same program with one more file. */
  async installChanged(folder: string): Promise<string> {
    const changed = await copyOf(folder);
    await writeFile(join(changed, "NEWS"), "another version\n");
    return this.installProgram([changed]);
  }

  rollBack(): Promise<string> {
    return this.installProgram(["--roll-back", "--state", "current", "--yes"]);
  }

  /** Lets the guard stop the bot, because the key may withdraw. A later check allows it again. */
  async stopByGuard(): Promise<void> {
    await binance.editKey(this.#apiKey, { permissions: [...spot, "withdrawals"] });
    expect((await this.bot.check()).code).not.toBe(0);
    expect(await this.bot.activity()).toBe("inactive");
    await binance.editKey(this.#apiKey, { permissions: spot });
    expect((await this.bot.check()).code).toBe(0);
  }

  async reboot(): Promise<void> {
    await rebootMachine(this.server.id);
    await this.bot.withoutTimers();
  }

  /** Does something that starts the bot again, and waits until Binance has accepted what only the bot requests then. */
  async starts({ firstRequest }: RealBot, restart: () => Promise<unknown>): Promise<void> {
    await binance.clearRequests();
    await restart();
    await this.bot.becomes("active");
    await this.comes(async () =>
      (await binance.requests()).some(
        ({ path, status, source }) =>
          source === this.address && status === 200 && path.startsWith(firstRequest),
      ),
    );
  }

  async hasSockets(): Promise<boolean> {
    return (await binance.sockets()).some(({ source }) => source === this.address);
  }

  /** Waits for a condition that only comes while the bot runs. */
  async comes(condition: () => Promise<boolean>): Promise<void> {
    await until(async () => {
      const isThere = await condition();
      if (!isThere && (await this.bot.activity()) === "failed") {
        throw new Error(`the bot failed:\n${await this.log()}`);
      }
      return isThere;
    });
  }

  log(): Promise<string> {
    return this.server.run("journalctl '--namespace=*' -u trading-bot -n 60 -o cat");
  }

  async configure({ settings, secrets }: Pick<RealBot, "settings" | "secrets">): Promise<void> {
    if (secrets === undefined) {
      await this.stack.set("bot", JSON.stringify(settings));
      return;
    }
    // A part can't be added to settings that were set as one.
    for (const [path, value] of Object.entries(settings)) {
      await this.stack.setPath(`bot.${path}`, String(value));
    }
    for (const [name, value] of Object.entries(secrets)) {
      await this.stack.setSecretPath(`bot.secrets.${name}`, value);
    }
  }

  /** Runs `npm run install-bot`. Returns what it reports. */
  async installProgram(args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.stack.script("install-bot", args);
    if (code !== 0) {
      throw new Error(`${stdout}\n${stderr}\n${await this.log()}`);
    }
    return stderr;
  }
}

/** An Ed25519 key, whose private half its owner has made. */
async function createEd25519Key(label: string, whitelist: string[]): Promise<KeyPair> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const { apiKey } = await binance.createKey({
    type: "ed25519",
    label,
    whitelist,
    permissions: spot,
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
  });
  return { apiKey, apiSecret: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

/** Tests of a bot, in order: each goes on with what the previous one has left open. */
export function testRealBot(real: RealBot, session: () => Session): void {
  const seen = new Map<Column, Cell>();
  let failed: Column | undefined;

  function step(name: string, column: Column, check: (session: Session) => Promise<void>): void {
    test(
      name,
      async () => {
        // Each step goes on where the previous one has ended.
        expect(failed).toBeUndefined();
        failed = column;
        await check(session());
        failed = undefined;
        seen.set(column, "works");
      },
      1_800_000,
    );
  }

  async function hasOrders(session: Session, before: ListedOrder[]): Promise<void> {
    if (real.cancelsOrders === true) {
      await session.comes(async () => (await openOrders()).length > 0);
    } else {
      expect(await openOrders()).toEqual(before);
    }
  }

  step("is installed from its folder", "install", async (session) => {
    await session.install(real);
  });

  step("is started by its unit, and stays", "start", async ({ bot }) => {
    expect([await bot.activity(), await bot.property("NRestarts")]).toEqual(["active", "0"]);
  });

  step("buys, and leaves an order open", "REST", (session) => real.buy(session));

  if (real.usesStreams) {
    step("follows streams", "streams", (session) => session.comes(() => session.hasSockets()));
  } else {
    seen.set("streams", "not used");
  }

  step("goes on with a new key, with an open order", "rotate", async (session) => {
    const before = await openOrders();
    await session.starts(real, () => session.rotate(real));
    await hasOrders(session, before);
    expect(await session.bot.property("NRestarts")).toBe("0");
  });

  step("goes on after a restart", "restart", async (session) => {
    const before = await openOrders();
    await session.starts(real, () => session.stack.script("restart", []));
    await hasOrders(session, before);
  });

  step("goes on with another program, and with the previous one", "roll-back", async (session) => {
    await session.starts(real, () => session.installChanged(real.folder));
    await session.starts(real, () => session.rollBack());
    expect(await session.server.run("ls /opt/trading-bot/current")).not.toContain("NEWS");
  });

  const { watchedProcess } = real;
  if (watchedProcess === undefined) {
    seen.set("watchdog", "not used");
  } else {
    step("is restarted when it hangs", "watchdog", async (session) => {
      const hang = `pkill --signal STOP --uid trading-bot --full '${watchedProcess}'`;
      const before = Number(await session.bot.property("NRestarts"));
      await session.starts(real, async () => {
        await session.server.run(hang);
        await until(async () => Number(await session.bot.property("NRestarts")) > before);
      });
    });
  }

  if (real.hasPage !== true) {
    seen.set("page", "not used");
  }

  step("is stopped by the guard, and started again when the key is right", "guard", (session) =>
    session.starts(real, () => session.stopByGuard()),
  );

  step("is there after a reboot, and sells what it has bought before", "reboot", async (session) => {
    await session.starts(real, () => session.reboot());
    await real.sell(session);
  });

  const { demo } = real;
  if (typeof demo === "function") {
    step("in paper mode trades at the demo account, and not at the live one", "demo", demo);
  } else {
    seen.set("demo", demo ?? "not tried");
  }

  afterAll(() => {
    const cells = Object.fromEntries(seen);
    if (failed === undefined) {
      recordSeen(real.title, cells);
    }
    const shown = failed === undefined ? cells : { ...cells, [failed]: "failed" };
    process.stdout.write(`\n${tableOfRun(real.title, shown)}\n`);
  });
}

export const openOrders = () => binance.orders({ only: "open" });

export async function filled(side: "BUY" | "SELL"): Promise<ListedOrder[]> {
  return (await binance.orders()).filter((order) => order.side === side && order.status === "FILLED");
}
