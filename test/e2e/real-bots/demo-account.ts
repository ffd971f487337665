import { expect } from "@jest/globals";
import { binance, demo, spot } from "../binance.ts";
import { type Session, symbol } from "./real-bot.ts";

/** What the guard's check of a demo pair requests at the live host. ccxt requests neither in demo trading. */
const ofCheck = /^(\/api\/v3\/time|\/sapi\/v1\/account\/apiRestrictions)(\?|$)/;

/**
 * Runs an example with ccxt in paper mode, with a key pair of the demo account: it buys and sells there. It requests nothing
 * at the live hosts. `trade` is the beginning of its orders' ids.
 */
export async function tradesAtDemoAccount(session: Session, settings: object, trade: string): Promise<void> {
  const { stack, bot, address } = session;
  const order = async (id: string) =>
    (await demo.orders()).find(({ clientOrderId }) => clientOrderId === `${trade}-${id}`);
  const ofServer = ({ source }: { source: string }) => source === address;
  const live = await binance.orders();
  await demo.pinPrice(symbol, "90000");
  // As docs/bot-settings.md says: stop, set the mode, update, start.
  expect(await stack.script("stop", [])).toMatchObject({ code: 0 });
  const { apiKey, apiSecret } = await demo.createKey({ label: trade, whitelist: [], permissions: spot });
  await stack.setSecret("binance:demoApiKey", apiKey);
  await stack.setSecret("binance:demoApiSecret", apiSecret ?? "");
  await session.configure({
    settings: { ...settings, mode: "paper", environment: { DEMO: "1", TRADE: trade } },
  });
  await stack.mustUp();
  await bot.withoutTimers();
  // The reboot has left some open at the exchange's side.
  const old = new Set((await binance.sockets()).map(({ opened }) => opened));
  await binance.clearRequests();
  expect(await stack.script("start", [])).toMatchObject({ code: 0 });
  await session.comes(async () => (await order("buy"))?.status === "FILLED");
  await session.comes(async () => (await order("sell"))?.status === "NEW");
  await session.comes(async () => (await demo.sockets()).some(ofServer));
  // Its order is at 90900.
  await demo.pinPrice(symbol, "91500");
  await session.comes(async () => (await order("sell"))?.status === "FILLED");
  expect(await bot.property("NRestarts")).toBe("0");
  expect(await binance.orders()).toEqual(live);
  expect((await binance.sockets()).filter(ofServer).filter(({ opened }) => !old.has(opened))).toEqual([]);
  const requests = (await binance.requests()).filter(ofServer);
  expect(requests.filter(({ path }) => !ofCheck.test(path))).toEqual([]);
  await demo.deleteKey(apiKey);
  await stack.unset("binance:demoApiKey");
  await stack.unset("binance:demoApiSecret");
}
