import type { FastifyInstance } from "fastify";
import { type OpenSocket, type SocketChange, socketChange } from "../control-protocol.ts";
import type { Client, SocketServer } from "./socket-server.ts";

/** Adds the calls of the control API that are about WebSockets. */
export function addSocketCalls(control: FastifyInstance, sockets: SocketServer): void {
  control.get("/sockets", () => ({ sockets: [...sockets.clients].map(shown) }));
  control.post("/sockets", (request) => {
    const change = socketChange.parse(request.body);
    const chosen = [...sockets.clients].filter((client) => matches(client, change));
    apply(sockets, chosen, change);
    return { sockets: chosen.map(shown) };
  });
  // A change of anything, such as a price, may make something due earlier.
  control.addHook("onResponse", (_request, _reply, done) => {
    sockets.schedule();
    done();
  });
}

function shown({ connection, session }: Client): OpenSocket {
  const { source, url, opened, isSilent } = connection;
  return { ...session.summary, source, url, opened: new Date(opened).toISOString(), isSilent };
}

function matches({ connection, session }: Client, { source, only }: SocketChange): boolean {
  return (
    (source === undefined || source === connection.source) &&
    (only === undefined || only === session.summary.kind)
  );
}

function apply(sockets: SocketServer, chosen: readonly Client[], change: SocketChange): void {
  switch (change.kind) {
    case "cut":
      chosen.forEach(({ connection }) => {
        connection.cut();
      });
      return;
    case "silence":
      chosen.forEach(({ connection }) => {
        connection.isSilent = true;
      });
      return;
    case "shut-down":
      chosen.forEach(({ connection }) => {
        connection.shutDown(sockets.now, change.seconds * 1000);
      });
      return;
    case "delay-events":
      sockets.userData.delay = change.milliseconds;
      sockets.futuresUserData.delay = change.milliseconds;
      return;
    case "lose-depth":
      sockets.streams.loseDepth(change.events);
      sockets.futuresStreams.loseDepth(change.events);
      return;
  }
}
