import * as z from "zod";
import { bodyOf, makeKey, startEmulator } from "../support/emulator.ts";
import type { Signing } from "../support/signing.ts";

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** An emulator whose prices are between 85,000 and 95,000, and an account's key. */
export async function trader() {
  const emulator = await startEmulator();
  const key = await makeKey(emulator, { whitelist: ["127.0.0.1"] });
  const send = (method: Method, path: string, query = "", signing: Signing = key) =>
    emulator.sendSigned(`/api/v3${path}`, signing, { method, query });
  return {
    emulator,
    key,
    send,
    body: async (...args: Parameters<typeof send>) => bodyOf(await send(...args)),
  };
}

// Orders as queries.
export const market = "symbol=BTCUSDC&side=BUY&type=MARKET&quantity=0.001";
export const limit = "symbol=BTCUSDC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=80000";
export const stop =
  "symbol=BTCUSDC&side=SELL&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=0.001&price=79000&stopPrice=80000";
export const oco =
  "symbol=BTCUSDC&side=SELL&quantity=0.001&aboveType=LIMIT_MAKER&abovePrice=95000&belowType=STOP_LOSS&belowStopPrice=85000";

/** What the answer to a new order has. */
export const placed = z.looseObject({ orderId: z.number(), clientOrderId: z.string() });
