import { expect, test } from "@jest/globals";
import * as z from "zod";
import { bodyOf, makeKey, startEmulator } from "./support/emulator.ts";

const trades = z.array(z.object({ id: z.number(), time: z.number() }));

test("a fill that nobody asked about is known before later trades are shown, so that no id changes", async () => {
  const emulator = await startEmulator();
  const key = await makeKey(emulator);
  const { send, clock } = emulator;
  const { bidPrice } = z
    .object({ bidPrice: z.string() })
    .parse(bodyOf(await send("/api/v3/ticker/bookTicker", { query: "symbol=BTCUSDC" })));
  const order = `symbol=BTCUSDC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=${bidPrice}`;
  bodyOf(await emulator.sendSigned("/api/v3/order", key, { method: "POST", query: order }));
  clock.advance(120_000);
  const shown = async () =>
    trades.parse(bodyOf(await send("/api/v3/trades", { query: "symbol=BTCUSDC&limit=1000" })));
  const before = await shown();
  const fills = trades.parse(
    bodyOf(await emulator.sendSigned("/api/v3/myTrades", key, { query: "symbol=BTCUSDC" })),
  );
  expect(fills.length).toBeGreaterThan(0);
  expect(await shown()).toEqual(before);
});
