import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, test } from "@jest/globals";
import * as z from "zod";
import * as calls from "../../binance/calls.ts";
import { BinanceClient } from "../../binance/client.ts";
import { futuresMarket } from "../../binance/futures-orders.ts";
import type { Market } from "../../binance/open-orders.ts";
import { type Call, queryToSign } from "../../binance/request.ts";
import { spotMarket } from "../../binance/spot-orders.ts";
import { BinanceStandIn } from "../support/binance-stand-in.ts";
import { makeCertificate } from "../support/certificate.ts";

// What the server signs with a key that was made there is exactly what binance/ sends: neither has a copy of the other.

const library = join(import.meta.dirname, "../../server/rootfs/usr/local/lib/trading-bot-server/library");

const program = `
import json, sys
sys.path.insert(0, sys.argv[1])
from root_tools import signing
refusals = [signing.reason_to_refuse(signing.read_request(line)) for line in sys.stdin.buffer]
print(json.dumps({"refusals": refusals, "allowed": sorted(signing.ALLOWED)}))
`;

const reply = z.object({ refusals: z.array(z.string().nullable()), allowed: z.array(z.string()) });

/** Why the server refuses each call (null if it doesn't), and all requests that it signs. */
function signingOf(requested: Call[]): { refusals: (string | null)[]; allowed: string[] } {
  const requests = requested.map((call) => ({ ...call, query: queryToSign(call, Date.now()) }));
  const printed = execFileSync("python3", ["-IB", "-c", program, library], {
    input: requests.map((request) => `${JSON.stringify(request)}\n`).join(""),
    encoding: "utf8",
  });
  return reply.parse(JSON.parse(printed));
}

/** The calls by which a market is read and its orders are canceled, as they are signed. */
async function callsOf(market: Market, symbol: string): Promise<Call[]> {
  const certificate = makeCertificate(market.host);
  const lists = [
    "/api/v3/openOrders",
    "/fapi/v1/openOrders",
    "/fapi/v1/openAlgoOrders",
    "/fapi/v3/positionRisk",
  ];
  const canceled = ["/fapi/v1/allOpenOrders", "/fapi/v1/algoOpenOrders"];
  const standIn = await BinanceStandIn.start(certificate, {
    ...Object.fromEntries(lists.map((path) => [path, { body: [] }])),
    ...Object.fromEntries(canceled.map((path) => [path, { body: { code: 200 } }])),
  });
  const signed: Call[] = [];
  const sign = (_: string, call: Call): string => {
    signed.push(call);
    return "signature";
  };
  const options = { keyPair: { apiKey: "key", sign }, host: market.host };
  setDefaultCACertificates([...getCACertificates("default"), certificate.ca]);
  const client = await BinanceClient.open({ socket: standIn.socket(), ...options });
  try {
    expect((await market.read(client)).ok && (await market.cancel(client, symbol)).ok).toBe(true);
  } finally {
    client.close();
    standIn.stop();
  }
  return signed;
}

test("the server signs every request of gate, verify, stop and revoke, and knows no others", async () => {
  const requested = [
    ...Object.values(calls).flatMap((call) =>
      typeof call === "object" && "path" in call && call.security === "SIGNED" ? [call] : [],
    ),
    ...[...calls.usualTestPairs, "1000SATSUSDC"].flatMap((symbol) => [
      calls.orderTest(symbol, "BUY"),
      calls.orderTest(symbol, "SELL"),
    ]),
    ...[...calls.usualFuturesTestPairs, "ETHUSDT"].flatMap((symbol) => [
      calls.futuresOrderTest(symbol, true),
      calls.futuresOrderTest(symbol, false),
    ]),
    ...(await callsOf(spotMarket, "币安人生USDT")),
    ...(await callsOf(futuresMarket, "BTCUSDT_260925")),
  ];
  const { refusals, allowed } = signingOf(requested);
  expect(refusals).toEqual(requested.map(() => null));
  expect(allowed).toEqual([...new Set(requested.map(({ method, path }) => `${method} ${path}`))].sort());
});
