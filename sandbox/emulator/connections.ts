import type { Server, Socket } from "node:net";

/** Open TCP connections by their two ends. The TCP connection below TLS is known from the server's event only. */
const connections = new Map<string, Socket>();

/** Remembers a server's connections, so that they can be reset. */
export function watchConnections(server: Server): void {
  server.on("connection", (socket) => {
    const ends = endsOf(socket);
    connections.set(ends, socket);
    socket.once("close", () => connections.delete(ends));
  });
}

/** Resets the TCP connection below a request's socket. A TLS socket can't be reset itself. */
export function resetConnection(socket: Socket): void {
  connections.get(endsOf(socket))?.resetAndDestroy();
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress ?? ""}:${remotePort ?? 0} ${localAddress ?? ""}:${localPort ?? 0}`;
}
