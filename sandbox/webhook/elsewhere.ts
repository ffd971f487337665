import type { FastifyInstance } from "fastify";
import { publicDoor, type Tls } from "../emulator/server.ts";

/** Any other site of the internet: it answers everybody, so that whoever can't reach it was held back. */
export function createElsewhere(tls?: Tls): FastifyInstance {
  const site = publicDoor(tls);
  site.setNotFoundHandler((_request, reply) => reply.code(200).send("elsewhere\n"));
  return site;
}
