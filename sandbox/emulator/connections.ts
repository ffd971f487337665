import type { Server, Socket } from "node:net";

/** Open TCP connections, by where they come from and lead to. Below TLS, only the server's own event shows them. */
const connections = new Map<string, Socket>();

/** Keeps account of a server's connections, so that they can be reset. */
export function watchConnections(server: Server): void {
  server.on("connection", (socket) => {
    const ends = endsOf(socket);
    connections.set(ends, socket);
    socket.once("close", () => connections.delete(ends));
  });
}

/** Resets the TCP connection below a request's socket, which may be TLS: that by itself can't be reset. */
export function resetConnection(socket: Socket): void {
  connections.get(endsOf(socket))?.resetAndDestroy();
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress ?? ""}:${remotePort ?? 0} ${localAddress ?? ""}:${localPort ?? 0}`;
}
