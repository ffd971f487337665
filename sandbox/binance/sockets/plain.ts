import { createServer, type Server } from "node:http";
import { watchConnections } from "../../emulator/connections.ts";

/**
 * Serves an API's WebSockets without TLS, for clients that trust only authorities which are compiled into them. Other
 * requests are refused, so that no key is sent without TLS unnoticed.
 */
export function servePlainSockets(api: Server, host: string, port: number): void {
  const plain = createServer((_request, response) => {
    response.writeHead(426, { upgrade: "websocket" }).end("Only WebSockets are served here.\n");
  });
  watchConnections(plain);
  plain.on("upgrade", (...handshake) => api.emit("upgrade", ...handshake));
  plain.listen({ host, port });
}
