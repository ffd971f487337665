import { expect, test } from "@jest/globals";
import * as z from "zod";
import { bodyOf, type Emulator, makeKey, startEmulator } from "../support/emulator.ts";

const second = 1000;

async function price(emulator: Emulator, symbol = "BTCUSDC"): Promise<number> {
  const body = bodyOf(await emulator.send("/api/v3/ticker/price", { query: `symbol=${symbol}` }));
  return Number(z.object({ price: z.string() }).parse(body).price);
}

test("a price moves at once, and then keeps moving", async () => {
  const emulator = await startEmulator();
  const { control, clock } = emulator;
  const at = await control.movePrice("BTCUSDC", "70000");
  clock.advance(at.getTime() - clock.now().getTime());
  expect(await price(emulator)).toBe(70_000);
  clock.advance(60 * second);
  const later = await price(emulator);
  expect(later).not.toBe(70_000);
  expect(Math.abs(later - 70_000)).toBeLessThan(700);
});

test("a price moves slowly, in one direction", async () => {
  const emulator = await startEmulator();
  const { control, clock } = emulator;
  const at = await control.movePrice("BTCUSDC", "100000", 10 * second);
  const seen = [await price(emulator)];
  for (let count = 0; count < 10; count += 1) {
    clock.advance(second);
    seen.push(await price(emulator));
  }
  expect(seen.at(-1)).toBe(100_000);
  expect(seen).toEqual(seen.toSorted((one, other) => one - other));
  expect(at).toEqual(clock.now());
});

test("a price is pinned and released", async () => {
  const emulator = await startEmulator();
  const { control, clock } = emulator;
  const free = await price(await startEmulator());
  await control.pinPrice("BTCUSDC", "12345.67");
  clock.advance(second);
  expect(await price(emulator)).toBe(12_345.67);
  clock.advance(3600 * second);
  expect(await price(emulator)).toBe(12_345.67);
  await control.releasePrice("BTCUSDC");
  clock.advance(second);
  expect(Math.abs((await price(emulator)) - free)).toBeLessThan(3000);
  expect(await control.price("BTCUSDC")).toMatchObject({ symbol: "BTCUSDC" });
});

test("a fill of the account is a trade of the market, as soon as anyone looks", async () => {
  const emulator = await startEmulator();
  const { control, clock } = emulator;
  const key = await makeKey(emulator);
  await control.editAccount({ balances: { USDC: { free: "1000" } } });
  const query = "symbol=BTCUSDC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.005&price=80000";
  bodyOf(await emulator.sendSigned("/api/v3/order", key, { method: "POST", query }));
  await control.pinPrice("BTCUSDC", "79000");
  clock.advance(second);
  const trades = z
    .array(z.object({ id: z.int(), price: z.string(), qty: z.string() }))
    .parse(bodyOf(await emulator.send("/api/v3/trades", { query: "symbol=BTCUSDC&limit=20" })));
  const fill = trades.find(({ price }) => price === "80000.00000000");
  expect(fill?.qty).toBe("0.00500000");
  const mine = bodyOf(await emulator.sendSigned("/api/v3/myTrades", key, { query: "symbol=BTCUSDC" }));
  expect(mine).toMatchObject([{ id: fill?.id, price: fill?.price, qty: fill?.qty, isMaker: true }]);
});

test("a price that isn't possible is refused", async () => {
  const { control } = await startEmulator();
  await expect(control.movePrice("BTCUSDC", "70000.001")).rejects.toThrow("must be a multiple of 0.01");
  await expect(control.movePrice("BTCUSDC", "100")).rejects.toThrow("a lower price can be pinned");
  await expect(control.pinPrice("NOPE", "1")).rejects.toThrow('there is no symbol "NOPE"');
});

test("during a maintenance every call but the status is answered with 503", async () => {
  const emulator = await startEmulator();
  await emulator.control.editService({ isInMaintenance: true });
  expect(await emulator.send("/api/v3/time")).toMatchObject({ status: 503 });
  expect(bodyOf(await emulator.send("/sapi/v1/system/status"))).toMatchObject({ status: 1 });
  await emulator.control.editService({ isInMaintenance: false });
  bodyOf(await emulator.send("/api/v3/time"));
});

test("all answers are slow until that ends", async () => {
  const emulator = await startEmulator();
  await emulator.control.editService({ delay: 3000 });
  const slow = emulator.send("/api/v3/ping");
  while ((await emulator.control.requests()).length === 0) {
    // Requests until then.
  }
  emulator.clock.advance(3000);
  bodyOf(await slow);
  await emulator.control.editService({ delay: 0 });
  bodyOf(await emulator.send("/api/v3/ping"));
});
