import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { applyFault, loseAnswer } from "../emulator/fault-effects.ts";
import { publicServer, type Tls } from "../emulator/server.ts";
import { isFutures, isSapi, type Route } from "./call.ts";
import { compressed } from "./compression.ts";
import { dispatch } from "./dispatch.ts";
import { codedError, type ErrorAnswer, underMaintenance, unknownCall } from "./errors.ts";
import { isServedAt } from "./hosts.ts";
import { type Parameters, readParameters, redact } from "./parameters.ts";
import { asErrorAnswer } from "./report-bug.ts";
import { routes } from "./routes.ts";
import { wrongTimeUnit } from "./sockets/errors.ts";
import type { Exchange } from "./state/exchange.ts";
import { answerIn, timeUnitIn } from "./time-unit.ts";

/** What the public API needs. */
export interface ApiOptions {
  exchange: Exchange;
  /** Plain HTTP without it. */
  tls?: Tls | undefined;
}

/** The public API. The control API can't be reached through it. */
export function buildApi({ exchange, tls }: ApiOptions): FastifyInstance {
  const api = publicServer(tls);
  // The signature is over the body's bytes.
  api.removeAllContentTypeParsers();
  api.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
    done(null, body);
  });

  api.addHook("onRequest", async (request, reply) => {
    const path = redact(request.url);
    const source = sourceOf(request);
    const entry = exchange.log.add({ method: request.method, path, source, status: null });
    reply.raw.once("finish", () => (entry.status = reply.statusCode));
    // assumed: on every answer. The date is the exchange's, even if its clock is wrong.
    reply.headers({ "x-mbx-uuid": randomUUID(), date: exchange.clock.now().toUTCString() });

    const effect = exchange.faults.takeFor(request.method, path);
    if (effect?.kind === "error") {
      const error = codedError(effect.status, effect.code, effect.message, effect.headers);
      if (!effect.isCarriedOut) {
        throw error;
      }
      replacing.set(request, error);
    } else if (effect) {
      await applyFault(effect, request, reply, exchange.clock, exchange.faults);
    }
    if (reply.sent) {
      return reply;
    }

    if (exchange.service.delay > 0) {
      await exchange.clock.wait(exchange.service.delay);
    }
    exchange.sources.admit(source);
    // Documented: this call shows whether there is a maintenance.
    if (exchange.service.isInMaintenance && !path.startsWith("/sapi/v1/system/status")) {
      throw underMaintenance();
    }
    if (!isServedAt(request.host, path.replace(/\?.*$/, ""))) {
      // Binance answers the same there: nothing is missing here, but a client may use the wrong host.
      exchange.report(`not served at this host: ${request.method} https://${request.host}${path}`);
      throw unknownCall(path.replace(/\?.*$/, ""), exchange.clock.now());
    }
    return undefined;
  });

  api.addHook("onSend", compressed);

  for (const route of routes) {
    api.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => {
        const answer = answerTo(exchange, route, request, reply);
        if (route.placesOrders) {
          const engine = isFutures(route.path) ? exchange.futures : exchange.trading;
          reply.headers(engine.count.headers(engine.advance()));
        }
        if (loseAnswer(request, reply)) {
          return reply;
        }
        const replaced = replacing.get(request);
        if (replaced) {
          throw replaced;
        }
        return reply.type("application/json;charset=UTF-8").send(answer);
      },
    });
  }

  api.setNotFoundHandler((request) => {
    const path = redact(request.url);
    // The sandbox requests "/" to see if the service answers.
    if (path !== "/") {
      exchange.report(`not emulated: ${request.method} ${path}`);
      exchange.report(howToEmulate(request.method, path));
    }
    throw unknownCall(path.replace(/\?.*$/, ""), exchange.clock.now());
  });

  api.setErrorHandler((error, request, reply) => sendError(exchange, error, request, reply));
  return api;
}

/** The errors that replace the answers of calls that were carried out. A call that is refused keeps its own error. */
const replacing = new WeakMap<FastifyRequest, ErrorAnswer>();

function howToEmulate(method: string, path: string): string {
  const route = `{ method: "${method}", path: "${path.replace(/\?.*$/, "")}", … }`;
  return `to emulate it: add ${route} to a list of routes in sandbox/binance/calls/`;
}

function answerTo(exchange: Exchange, route: Route, request: FastifyRequest, reply: FastifyReply): object {
  const unit = timeUnitIn(headerOf(request, "x-mbx-time-unit") ?? "MILLISECOND");
  // Documented for /api. assumed: another unit is refused, as the WebSocket API does, before anything is carried out.
  if (unit === undefined) {
    throw wrongTimeUnit();
  }
  const apiKey = headerOf(request, "x-mbx-apikey");
  const called = { parameters: parametersOf(request), source: sourceOf(request), apiKey };
  const answer = dispatch(exchange, route, called, (used) => {
    reply.headers(weightHeaders(route, used));
  });
  return isSapi(route.path) ? answer : answerIn(unit, answer);
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const header = headers[name];
  return typeof header === "string" ? header : undefined;
}

function weightHeaders({ path }: Route, used: number): Record<string, string> {
  return isSapi(path)
    ? { "x-sapi-used-ip-weight-1m": String(used) }
    : // The first is no longer documented, but was seen in 2023.
      { "x-mbx-used-weight": String(used), "x-mbx-used-weight-1m": String(used) };
}

/** The address of the connection. What a header claims doesn't count. */
function sourceOf(request: FastifyRequest): string {
  // A socket for both families shows an IPv4 address with this prefix.
  return (request.raw.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

function parametersOf(request: FastifyRequest): Parameters {
  const [, ...query] = request.url.split("?");
  return readParameters(query.join("?"), Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
}

/** The only place that turns an error into an answer. */
function sendError(
  exchange: Exchange,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (loseAnswer(request, reply)) {
    return reply;
  }
  const call = `${request.method} ${redact(request.url)}`;
  const { status, body, headers } = asErrorAnswer(exchange, call, error);
  const type = typeof body === "string" ? "text/html" : "application/json;charset=UTF-8";
  return reply.code(status).headers(headers).type(type).send(body);
}
