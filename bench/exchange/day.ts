import { Agent, request } from "node:http";
import * as z from "zod";
import { createBinance } from "../../sandbox/binance/binance.ts";
import type { Clock } from "../../sandbox/emulator/clock.ts";
import { answered } from "./load.ts";
import { type Key, signed } from "./signed.ts";

const minutes = 24 * 60;

/** A clock that is set by hand. */
class SetClock implements Clock {
  time = Date.parse("2026-11-26T00:00:00Z");

  now(): Date {
    return new Date(this.time);
  }

  /** Nothing waits here. */
  wait(): Promise<void> {
    return new Promise(() => undefined);
  }
}

/** What a bot sends in a minute: an order, and questions about its account. */
const calls = [
  ["POST", "/api/v3/order", "symbol=BTCUSDC&type=MARKET&quantity=0.001&side="],
  ["GET", "/api/v3/account", "omitZeroBalances=true"],
  ["GET", "/api/v3/openOrders", "symbol=BTCUSDC"],
] as const;

/** The memory that an emulator uses before and after a day in which a bot places an order in each minute. */
export async function megabytesAfterADay(): Promise<{ before: number; after: number; orders: number }> {
  const clock = new SetClock();
  const binance = createBinance({ clock });
  const { api } = binance;
  const key = await makeKey(binance);
  const address = await api.listen({ host: "127.0.0.1", port: 0 });
  const agent = new Agent({ keepAlive: true });
  const trade = async (count: number) => {
    for (let minute = 0; minute < count; minute += 1) {
      for (const [method, path, query] of calls) {
        const side = minute % 2 === 0 ? "BUY" : "SELL";
        const all = `${query}${method === "POST" ? side : ""}`;
        const { url, ...sent } = signed(key, { address, method, path, query: all, time: clock.time });
        await answered(request(url, { ...sent, agent }));
      }
      clock.time += 60_000;
    }
  };
  // The first hours load and compile everything.
  await trade(minutes / 8);
  const before = megabytesInUse();
  await trade(minutes);
  const after = megabytesInUse();
  agent.destroy();
  await api.close();
  return { before, after, orders: minutes };
}

async function makeKey({ control }: ReturnType<typeof createBinance>): Promise<Key> {
  const payload = { label: "bench", permissions: ["reading", "trading"] };
  const created = await control.inject({ method: "POST", url: "/keys", payload });
  return z.object({ apiKey: z.string(), apiSecret: z.string() }).parse(created.json());
}

function megabytesInUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
