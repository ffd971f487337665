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
    // Fastify refuses parameters of more than 100 characters, and names of Python's packages are longer.
    routerOptions: { maxParamLength: 1000 },
    serverFactory: (handler): Server => {
      const server = tls ? createSecureServer(tls, handler) : createServer(handler);
      watchConnections(server);
      return server;
    },
  });
}
