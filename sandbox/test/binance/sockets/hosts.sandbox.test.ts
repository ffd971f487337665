import { afterEach, expect, test } from "@jest/globals";

// A WebSocket client with nothing changed: real names, real ports, TLS. ../judges/ has the clients of Binance.

const sockets: WebSocket[] = [];

afterEach(() => {
  sockets.splice(0).forEach((socket) => {
    socket.close();
  });
});

test.each([
  "wss://stream.binance.com/ws/btcusdc@trade",
  "wss://stream.binance.com:9443/ws/btcusdc@trade",
  "wss://data-stream.binance.vision:9443/ws/btcusdc@trade",
  "wss://demo-stream.binance.com:9443/ws/btcusdc@trade",
  "wss://fstream.binance.com/public/ws/btcusdt@trade",
  "wss://fstream.binancefuture.com/public/ws/btcusdt@trade",
])("an unmodified WebSocket watches trades at %s", async (url) => {
  const socket = new WebSocket(url);
  sockets.push(socket);
  const text = await new Promise<string>((resolve, reject) => {
    socket.addEventListener("message", ({ data }) => {
      resolve(String(data));
    });
    socket.addEventListener("error", () => {
      reject(new Error(`no connection to ${url}`));
    });
  });
  expect(JSON.parse(text)).toMatchObject({ e: "trade" });
});
