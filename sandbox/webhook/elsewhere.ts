import type { FastifyInstance } from "fastify";
import { publicServer, type Tls } from "../emulator/server.ts";

/**
 * Any other site of the internet. It answers every client, so a client without an answer was blocked on the way. As
 * ifconfig.me does at this path, it says from which address it is called.
 */
export function createElsewhere(tls?: Tls): FastifyInstance {
  const site = publicServer(tls);
  site.get("/ip", ({ ip }) => ip);
  site.setNotFoundHandler((_request, reply) => reply.code(200).send("elsewhere\n"));
  return site;
}
