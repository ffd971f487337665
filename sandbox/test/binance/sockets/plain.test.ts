import { once } from "node:events";
import { expect, test } from "@jest/globals";
import { WebSocket } from "ws";
import * as z from "zod";
import { createBinance } from "../../../binance/binance.ts";
import { plainSocketServer } from "../../../binance/sockets/plain.ts";

test("WebSockets are also served without TLS, and nothing else is", async () => {
  const { api } = createBinance();
  await api.ready();
  const plain = plainSocketServer(api.server).listen({ host: "127.0.0.1", port: 0 });
  try {
    await once(plain, "listening");
    const { port } = z.object({ port: z.int() }).parse(plain.address());
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/btcusdc@trade`);
    const [event] = z.tuple([z.instanceof(Buffer)]).parse((await once(socket, "message")).slice(0, 1));
    expect(event.toString()).toContain('"s":"BTCUSDC"');
    socket.terminate();
    expect((await fetch(`http://127.0.0.1:${port}/api/v3/ping`)).status).toBe(426);
  } finally {
    plain.closeAllConnections();
    plain.close();
    await api.close();
  }
});
