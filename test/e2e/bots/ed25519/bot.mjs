// A bot that signs with an Ed25519 key. Once, it places an order that stays open; then it tests an order every second. It
// ends with an error if the exchange refuses one.

import { Buffer } from "node:buffer";
import console from "node:console";
import { sign } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { URLSearchParams } from "node:url";

const { KEY, SECRET, STATE_DIRECTORY } = process.env;
const placed = join(STATE_DIRECTORY, "placed");

function send(method, path, headers = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "api.binance.com", method, path, headers, timeout: 15_000 }, (reply) => {
      let body = "";
      reply.on("data", (chunk) => (body += chunk));
      reply.on("end", () => (reply.statusCode === 200 ? resolve(JSON.parse(body)) : reject(new Error(body))));
    });
    outgoing.on("error", reject).end();
  });
}

function order(path, parameters) {
  const query = new URLSearchParams({ symbol: "BTCUSDC", side: "BUY", ...parameters, timestamp: Date.now() });
  const signature = sign(null, Buffer.from(String(query)), SECRET).toString("base64");
  return send("POST", `${path}?${query}&signature=${encodeURIComponent(signature)}`, { "X-MBX-APIKEY": KEY });
}

async function run() {
  if (!existsSync(placed)) {
    const { price } = await send("GET", "/api/v3/ticker/price?symbol=BTCUSDC");
    const limit = {
      type: "LIMIT",
      timeInForce: "GTC",
      quantity: "0.001",
      price: String(Math.round(price * 0.9)),
    };
    await order("/api/v3/order", limit);
    writeFileSync(placed, "");
  }
  for (;;) {
    await order("/api/v3/order/test", { type: "MARKET", quoteOrderQty: "20" });
    await wait(1000);
  }
}

run().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
