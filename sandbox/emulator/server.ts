import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import fastify, { type FastifyInstance } from "fastify";
import { watchConnections } from "./connections.ts";

/** What a host shows to be who it says. */
export interface Tls {
  key: string;
  cert: string;
}

/** A public door without any call yet; plain HTTP without `tls`. */
export function publicDoor(tls: Tls | undefined): FastifyInstance {
  return fastify<Server>({
    exposeHeadRoutes: false,
    // A request that hangs by order must not hold up the end.
    forceCloseConnections: true,
    serverFactory: (handler): Server => {
      const server = tls ? createSecureServer(tls, handler) : createServer(handler);
      watchConnections(server);
      return server;
    },
  });
}
