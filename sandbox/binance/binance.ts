import type { FastifyInstance } from "fastify";
import { type Clock, systemClock } from "../emulator/clock.ts";
import type { Tls } from "../emulator/server.ts";
import { buildApi } from "./api.ts";
import { buildControl } from "./control-server.ts";
import { SocketServer } from "./sockets/socket-server.ts";
import { newExchange } from "./state/exchange.ts";

/** The options of an emulated Binance. They default to the values of the real one. */
export interface BinanceOptions {
  clock?: Clock;
  /** Plain HTTP without it. */
  tls?: Tls;
  /** Another one gives other prices. It is 1 by default. */
  seed?: number;
  /** Prints a line to the log; by default to standard error. */
  report?: (line: string) => void;
}

/** Makes an emulated Binance: its public API and its control API. Neither listens yet. */
export function createBinance(options: BinanceOptions = {}): {
  api: FastifyInstance;
  control: FastifyInstance;
} {
  const report = options.report ?? ((line) => process.stderr.write(`binance: ${line}\n`));
  const exchange = newExchange(options.clock ?? systemClock, report, options.seed ?? 1);
  const api = buildApi({ exchange, tls: options.tls });
  const sockets = new SocketServer(exchange);
  sockets.attach(api.server);
  api.addHook("preClose", (done) => {
    sockets.close();
    done();
  });
  return { api, control: buildControl(exchange, sockets) };
}
