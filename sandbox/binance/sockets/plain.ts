import { createServer, type Server } from "node:http";
import { watchConnections } from "../../emulator/connections.ts";

/**
 * Makes a server for an API's WebSockets without TLS, for clients that trust only authorities which are compiled into
 * them. It refuses other requests, so that no key is sent without TLS unnoticed.
 */
export function plainSocketServer(api: Server): Server {
  const plain = createServer((_request, response) => {
    response.writeHead(426, { upgrade: "websocket" }).end("Only WebSockets are served here.\n");
  });
  watchConnections(plain);
  return plain.on("upgrade", (...handshake) => api.emit("upgrade", ...handshake));
}
