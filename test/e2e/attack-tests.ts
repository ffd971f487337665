import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { until } from "../../sandbox/until.ts";
import { binance, spot } from "./binance.ts";
import { type BotOnServer, nextOrder } from "./bot.ts";
import { limitBot } from "./bot-limits.ts";
import { floods, floodsInBackground } from "./floods.ts";
import type { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

// While a bot that was tampered with floods what it can reach, its key gets a permission that it must not have. The
// guard has to stop the bot, and the operator has to get a new SSH session.

/** A server with the bot, which obeys the tests. */
interface Context {
  stack: Stack;
  server: Server;
  bot: BotOnServer;
  address: string;
  live: KeyPair;
}

/** Floods at the same time, by the name that the table has for them. */
type Row = [name: string, programs: readonly string[]];

export const eachFlood: Row[] = Object.entries(floods).map(([name, flood]) => [name, [flood]]);
export const allTogether: Row = ["all together", Object.values(floods)];

/** In milliseconds. All floods together take long until they have what the limits allow. */
const slowRow = 480_000;

/** What tests of floods have in common. */
export class Attack {
  /** What each attack has led to. */
  readonly table: Record<string, string> = {};
  readonly #context: () => Context;

  constructor(context: () => Context) {
    this.#context = context;
  }

  /** Resolves when each of these floods has taken what it can get. */
  async flood(name: string, programs: readonly string[]): Promise<void> {
    this.table[name] = "the flood has not begun";
    const flooding = Number(await this.#context().bot.execute(floodsInBackground(programs)));
    // If there are many, the kernel may kill one of them early.
    expect(flooding).toBeGreaterThanOrEqual(Math.ceil(programs.length * 0.8));
    this.table[name] = "the guard was blind";
  }

  /** The key gets a permission that it must not have: the guard must stop the bot by the second check. */
  async isStopped(name: string): Promise<void> {
    const { stack, server, bot, live } = this.#context();
    await binance.editKey(live.apiKey, { permissions: [...spot, "withdrawals"] });
    expect((await stack.script("ssh", ["true"])).code).toBe(0);
    for (const number of [1, 2]) {
      await bot.check();
      if ((await bot.activity()) === "inactive") {
        await server.run("test -e /run/trading-bot-server/held");
        this.table[name] = `stopped by check ${number}`;
        return;
      }
    }
    this.table[name] = "not stopped";
    throw new Error(`${name}: two checks have not stopped the bot`);
  }

  /** Also after a flood that the guard has not stopped. */
  async end(): Promise<void> {
    const { server, bot, address, live } = this.#context();
    await server.run("systemctl kill --signal=KILL trading-bot || true; systemctl stop trading-bot");
    await server.run("rm -rf /var/lib/trading-bot/{flood,go,ask.py,answer}");
    await until(async () => (await server.run("ps -e -o stat= | grep -c '^Z' || true")) === "0");
    await binance.changeAccess(address, { kind: "pardon" });
    await binance.editKey(live.apiKey, { permissions: spot, whitelist: [address] });
    await bot.check();
    await server.run("systemctl reset-failed trading-bot || true; systemctl start trading-bot");
    await bot.becomes("active");
  }
}

/**
 * Tests the guard against floods. Only they start checks.
 *
 * @param options.requiresLimits whether the tests fail on a host where the limits of the bot's unit can't be applied
 * @param more further tests of the same kind
 */
export function testFloods(
  context: () => Context,
  rows: Row[],
  { requiresLimits }: { requiresLimits: boolean },
  more: (attack: Attack) => void = () => undefined,
): void {
  describe("a bot that floods what it can reach", () => {
    const attack = new Attack(context);

    beforeAll(async () => {
      await context().bot.withoutTimers();
    });

    beforeEach(async () => {
      const { server, bot } = context();
      await bot.becomes("active");
      await nextOrder();
      const missing = await limitBot(server);
      if (missing !== undefined && requiresLimits) {
        throw new Error(missing);
      }
      if (missing !== undefined) {
        console.warn(`These floods are limited by their own counts only: ${missing}`);
      }
    });

    afterEach(() => attack.end());

    afterAll(() => {
      console.table(attack.table);
    });

    test.each(rows)(
      "%s: the guard stops the bot, and a new SSH session is served",
      async (name, programs) => {
        await attack.flood(name, programs);
        await attack.isStopped(name);
      },
      slowRow,
    );

    more(attack);
  });
}
