// `npm run bench -- --exchange`: what the emulated Binance needs. It is measured in its own processor time, so that other
// programs on the machine don't count.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Row, table } from "../table.ts";
import { megabytesAfterADay } from "./day.ts";
import { Emulator } from "./emulator.ts";
import { sendRequests, watchStreams } from "./load.ts";
import { type Sent, signed } from "./signed.ts";

/** How long streams are watched, in seconds. */
const duration = 5;

const folder = await mkdtemp(join(tmpdir(), "bench-"));
const emulator = await Emulator.start(join(folder, "binance.sock"));
await emulator.control.setWeightLimits({ api: 1e9, sapi: 1e9 });

const key = await emulator.control.createKey({ label: "bench", permissions: ["reading", "trading"] });

/** What one processor must reach. It is much less than what it reaches. */
const atLeast = { requests: 1000, messages: 10_000 };

const rows: Row[] = [
  await requestRow("for prices", read("/api/v3/ticker/price?symbol=BTCUSDC"), 5000, atLeast.requests),
  await requestRow("that place and fill an order", order, 1000, atLeast.requests),
  await requestRow("for 1000 levels of the book", read("/api/v3/depth?symbol=BTCUSDC&limit=1000"), 500),
  await requestRow(
    "for 1000 levels, compressed",
    read("/api/v3/depth?symbol=BTCUSDC&limit=1000", { "accept-encoding": "gzip" }),
    500,
  ),
  await requestRow(
    "for 500 candles of an hour",
    read("/api/v3/klines?symbol=BTCUSDC&interval=1h&limit=500"),
    500,
  ),
  await messageRow("the same 4 streams", 100, ["trade", "bookTicker", "depth@100ms", "kline_1m"]),
  await idleRow(100),
  await dayRow(),
];
emulator.stop();
await rm(folder, { recursive: true });

process.stdout.write(table("The emulated Binance, for each second of one processor", rows));
process.exitCode = rows.every(({ ok }) => ok !== false) ? 0 : 1;

function read(path: string, headers: Record<string, string> = {}): () => Sent {
  return () => ({ url: emulator.url + path, method: "GET", headers });
}

/** A market order. Buys and sales take turns, so that the account can always pay. */
function order(number: number): Sent {
  const side = number % 2 === 0 ? "BUY" : "SELL";
  const query = `symbol=BTCUSDC&side=${side}&type=MARKET&quantity=0.0001`;
  const call = { method: "POST", path: "/api/v3/order", query };
  return signed(key, { address: emulator.url, ...call, time: Date.now() });
}

async function requestRow(
  what: string,
  next: (number: number) => Sent,
  count: number,
  limit?: number,
): Promise<Row> {
  // The first ones compile the code.
  await sendRequests(next, count / 5);
  const seconds = await emulator.secondsFor(() => sendRequests(next, count));
  return {
    what: `requests ${what}`,
    value: `${Math.round(count / seconds)} a second`,
    against: `${((seconds / count) * 1000).toFixed(2)} ms each`,
    ...compared(count / seconds, limit),
  };
}

async function messageRow(what: string, clients: number, streams: string[]): Promise<Row> {
  const { count, seconds } = await watched(clients, streams);
  return {
    what: `${clients} connections that watch ${what}`,
    value: `${Math.round(count / seconds)} messages a second`,
    against: busy(seconds),
    ...compared(count / seconds, atLeast.messages),
  };
}

async function idleRow(clients: number): Promise<Row> {
  const { seconds } = await watched(clients, []);
  return {
    what: `${clients} connections that watch nothing`,
    value: busy(seconds),
    ...{ against: "", comparison: "" },
  };
}

/** How many messages clients get for a while, and the processor time that they need. */
async function watched(clients: number, streams: string[]): Promise<{ count: number; seconds: number }> {
  const watching = await watchStreams(emulator.url, clients, streams);
  const before = watching.messages;
  const seconds = await emulator.secondsFor(() => setTimeout(duration * 1000));
  const count = watching.messages - before;
  watching.stop();
  return { count, seconds };
}

function busy(seconds: number): string {
  return `${((100 * seconds) / duration).toFixed(1)} % of a processor`;
}

function compared(rate: number, limit: number | undefined): Pick<Row, "comparison" | "ok"> {
  return limit === undefined ? { comparison: "" } : { comparison: `at least ${limit}`, ok: rate >= limit };
}

async function dayRow(): Promise<Row> {
  const { before, after, orders } = await megabytesAfterADay();
  return {
    what: "a simulated day",
    value: `${(after - before).toFixed(1)} MB more`,
    against: `${before.toFixed(1)} MB before it`,
    comparison: `${orders} orders`,
  };
}
