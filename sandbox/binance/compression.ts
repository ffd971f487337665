import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";

const compress = promisify(gzip);

/** assumed: a body that fits into one packet isn't worth it. */
const smallestBody = 1400;

/** Compresses an answer if the client accepts it. Speed counts more than size: nothing of it leaves the machine. */
export async function compressed(
  request: FastifyRequest,
  reply: FastifyReply,
  body: unknown,
): Promise<unknown> {
  const isAccepted = /\bgzip\b/.test(request.headers["accept-encoding"]?.toString() ?? "");
  if (typeof body !== "string" || body.length < smallestBody || !isAccepted) {
    return body;
  }
  reply.headers({ "content-encoding": "gzip", vary: "Accept-Encoding" });
  // The length was that of the text.
  reply.removeHeader("content-length");
  return compress(body, { level: constants.Z_BEST_SPEED });
}
