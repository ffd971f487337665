import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import { applyFault, loseAnswer } from "../emulator/fault-effects.ts";
import { publicServer, type Tls } from "../emulator/server.ts";
import type { Projects } from "./authentication.ts";
import type { Call } from "./call.ts";
import {
  ApiError,
  jsonError,
  methodNotAllowed,
  rateLimitExceeded,
  serverError,
  unknownCall,
} from "./errors.ts";
import { type RateLimit, rateLimitHeaders } from "./rate-limit.ts";
import { isKnownPath, prefix, routes } from "./routes.ts";
import { watchPower } from "./state/machines.ts";
import type { SharedState } from "./state/shared-state.ts";

/** What the public API needs. */
export interface ApiOptions {
  shared: SharedState;
  projects: Projects;
  rateLimit: RateLimit;
  /** Plain HTTP without it. */
  tls?: Tls | undefined;
}

/** The public API. The control API can't be reached through it. */
export function buildApi({ shared, projects, rateLimit, tls }: ApiOptions): FastifyInstance {
  const api = publicServer(tls);
  acceptJson(api);

  api.addHook("onRequest", async (request, reply) => {
    const path = pathOf(request);
    const entry = shared.log.add({ method: request.method, path, status: null });
    reply.raw.once("finish", () => (entry.status = reply.statusCode));

    const effect = shared.faults.takeFor(request.method, path);
    if (effect && effect.kind !== "error") {
      await applyFault(effect, request, reply, shared.clock, shared.faults);
    }
    if (reply.sent) {
      return reply;
    }
    // Not documented, but official clients show it with every error. Assumed: 16 bytes; older reports have 8.
    reply.header("x-correlation-id", randomBytes(16).toString("hex"));
    if (effect?.kind === "error") {
      throw new ApiError(effect.status, effect.code, effect.message);
    }

    // Documented: all requests are limited, with or without a token. Each project has its own budget.
    const { granted, budget } = rateLimit.take(request.headers.authorization ?? request.ip);
    reply.headers(rateLimitHeaders(budget));
    if (!granted) {
      throw rateLimitExceeded(budget.limit);
    }
    // Assumed: before the body is read. A token that may not write gets this answer for any body.
    projects.authenticate(request.headers.authorization, request.method);
    return undefined;
  });

  for (const [method, path, call] of routes) {
    api.route({
      method,
      url: `${prefix}${path}`,
      handler: async (request, reply) => {
        const project = projects.authenticate(request.headers.authorization, method);
        await watchPower(project);
        const answer = call({ ...inputOf(request), project });
        if (loseAnswer(request, reply)) {
          return reply;
        }
        return reply
          .code(answer.status)
          .headers(answer.headers ?? {})
          .send(answer.body);
      },
    });
  }

  api.setNotFoundHandler((request) => {
    if (isKnownPath(request.url.replace(/\?.*$/, ""))) {
      throw methodNotAllowed();
    }
    shared.report(`not emulated: ${request.method} ${pathOf(request)}`);
    shared.report(howToEmulate(request));
    throw unknownCall();
  });

  api.setErrorHandler((error, request, reply) => sendError(shared, error, request, reply));
  return api;
}

function howToEmulate(request: FastifyRequest): string {
  const path = pathOf(request).replace(/\?.*$/, "");
  return `to emulate it: add ["${request.method}", "${path}", (call) => …] to a list of routes in sandbox/hetzner/calls/`;
}

/** Bodies are JSON, whatever their content type. An action may have none. */
function acceptJson(api: FastifyInstance): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    try {
      const parsed: unknown = body.length === 0 ? undefined : JSON.parse(body.toString());
      done(null, parsed);
    } catch {
      done(jsonError());
    }
  });
}

/** The path below /v1, with its query. */
function pathOf(request: FastifyRequest): string {
  return request.url.startsWith(`${prefix}/`) ? request.url.slice(prefix.length) : request.url;
}

const params = z.object({ id: z.string().default(""), action_id: z.string().default("") });
const query = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

function inputOf(request: FastifyRequest): Omit<Call, "project"> {
  return { params: params.parse(request.params), query: query.parse(request.query), body: request.body };
}

/** The only place that turns an error into an answer. */
function sendError(
  shared: SharedState,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (loseAnswer(request, reply)) {
    return reply;
  }
  const answer = error instanceof ApiError ? error : internalError(shared, error, request);
  return reply.code(answer.status).send(answer.toJson());
}

/** A bug in the emulator must be visible, and must not look like an answer of Hetzner. */
function internalError(shared: SharedState, error: unknown, request: FastifyRequest): ApiError {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  shared.report(`the emulator failed at ${request.method} ${pathOf(request)}: ${text}`);
  return serverError();
}
