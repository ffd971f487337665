import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import fastify, { type FastifyInstance } from "fastify";
import { watchConnections } from "./connections.ts";

/** The key and certificate of a host. */
export interface Tls {
  key: string;
  cert: string;
}

/** A server for a public API, without any call yet. Without `tls` it speaks plain HTTP. */
export function publicServer(tls: Tls | undefined): FastifyInstance {
  return fastify<Server>({
    exposeHeadRoutes: false,
    // A request that a test lets hang must not delay the end.
    forceCloseConnections: true,
    serverFactory: (handler): Server => {
      const server = tls ? createSecureServer(tls, handler) : createServer(handler);
      watchConnections(server);
      return server;
    },
  });
}
