import { type IncomingMessage, STATUS_CODES } from "node:http";
import { type ErrorAnswer, underMaintenance, unknownCall } from "../errors.ts";
import { redact } from "../parameters.ts";
import type { Exchange } from "../state/exchange.ts";
import { type Endpoint, endpointOf } from "./endpoint.ts";
import { tooManyConnections } from "./errors.ts";
import { SlidingWindow } from "./sliding-window.ts";

/** Documented: connections per address. */
const attemptLimit = 300;
const attemptMinutes = 5;
/** Documented: the weight of a connection to the WebSocket API. */
const connectionWeight = 2;

/** Decides about each request to open a WebSocket. */
export class Handshakes {
  readonly #exchange: Exchange;
  readonly #attempts = new Map<string, SlidingWindow>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** @returns what the client connects to. @throws ErrorAnswer if it is refused */
  admit(request: IncomingMessage): Endpoint {
    const { sources, service, clock, weightLimits, report } = this.#exchange;
    const source = sourceOf(request);
    sources.admit(source);
    // assumed: a maintenance refuses new connections, and open ones stay.
    if (service.isInMaintenance) {
      throw underMaintenance();
    }
    if (!this.#attemptsOf(source).add(clock.now().getTime())) {
      throw tooManyConnections(attemptLimit, `${attemptMinutes} MINUTES`);
    }
    const endpoint = endpointOf(hostOf(request), request.url ?? "");
    if (endpoint === undefined) {
      report(`not emulated: a WebSocket at ${hostOf(request)}${redact(request.url ?? "")}`);
      throw unknownCall(request.url ?? "", clock.now());
    }
    if (endpoint.kind === "api") {
      sources.use(source, "/api", connectionWeight, weightLimits.api, () => undefined);
    }
    return endpoint;
  }

  #attemptsOf(source: string): SlidingWindow {
    const known = this.#attempts.get(source) ?? new SlidingWindow(attemptLimit, attemptMinutes * 60_000);
    this.#attempts.set(source, known);
    return known;
  }
}

/** The name that the client called. */
export function hostOf({ headers }: IncomingMessage): string {
  return headers.host ?? "";
}

/** The address of the connection. */
export function sourceOf({ socket }: IncomingMessage): string {
  // A socket for both families shows an IPv4 address with this prefix.
  return (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

/** Answers a handshake with an error instead of a WebSocket. */
export function refuse({ socket }: IncomingMessage, { status, body, headers }: ErrorAnswer): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html" : "application/json;charset=UTF-8";
  const lines = Object.entries({
    "content-type": type,
    "content-length": String(Buffer.byteLength(text)),
    connection: "close",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines].join("\r\n");
  socket.end(`${head}\r\n\r\n${text}`);
}
