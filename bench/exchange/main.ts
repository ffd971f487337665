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

const folder = await mkdtemp(join(tmpdir(), "bench-"));
const emulator = await Emulator.start(join(folder, "binance.sock"));
await emulator.control.setWeightLimits({ api: 1e9, sapi: 1e9 });

const rows: Row[] = [
  await requestRow("prices", "/api/v3/ticker/price?symbol=BTCUSDC", 5000),
  await requestRow("1000 levels of the book", "/api/v3/depth?symbol=BTCUSDC&limit=1000", 500),
  await requestRow("1000 levels, compressed", "/api/v3/depth?symbol=BTCUSDC&limit=1000", 500, {
    "accept-encoding": "gzip",
  }),
  await requestRow("500 candles of an hour", "/api/v3/klines?symbol=BTCUSDC&interval=1h&limit=500", 500),
  await messageRow("the same 4 streams", 100, ["trade", "bookTicker", "depth@100ms", "kline_1m"]),
  await messageRow("nothing", 100, []),
  await dayRow(),
];
emulator.stop();
await rm(folder, { recursive: true });

process.stdout.write(table("The emulated Binance, for each second of one processor", rows));

async function requestRow(
  what: string,
  path: string,
  count: number,
  headers: Record<string, string> = {},
): Promise<Row> {
  // The first ones compile the code.
  await sendRequests(emulator.url + path, count / 5, headers);
  const seconds = await emulator.secondsFor(() => sendRequests(emulator.url + path, count, headers));
  const rate = count / seconds;
  return {
    what: `requests for ${what}`,
    value: `${Math.round(rate)} a second`,
    against: `${((seconds / count) * 1000).toFixed(2)} ms each`,
    comparison: "",
  };
}

async function messageRow(what: string, clients: number, streams: string[]): Promise<Row> {
  const watching = await watchStreams(emulator.url, clients, streams);
  const before = watching.messages;
  const duration = 5;
  const seconds = await emulator.secondsFor(() => setTimeout(duration * 1000));
  const count = watching.messages - before;
  watching.stop();
  const busy = `${((100 * seconds) / duration).toFixed(1)} % of a processor`;
  return {
    what: `${clients} connections that watch ${what}`,
    value: streams.length === 0 ? busy : `${Math.round(count / seconds)} messages a second`,
    against: streams.length === 0 ? "" : busy,
    comparison: "",
  };
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
