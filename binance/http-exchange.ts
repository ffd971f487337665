import { Agent, request } from "node:https";
import type { Duplex } from "node:stream";
import { BinanceError, type Failure } from "./failure.ts";
import type { RawReply } from "./replies.ts";

/** A request as it goes over the wire. */
export interface RawRequest {
  host: string;
  method: string;
  /** Path and query. */
  target: string;
  headers: Record<string, string>;
}

export interface Limits {
  /** For one request and its whole reply, in ms. */
  timeout: number;
  /** The longest body that is read, in bytes. */
  body: number;
}

// Own code instead of a library, for two reasons. On the server the guard runs with `--jitless`, which forbids
// WebAssembly, and the parser of undici (and so of Node's fetch) is WebAssembly. And no library may follow a redirect,
// retry, or use a proxy with the key in its header, as several do without being asked.

/** An agent for this one connection: it never opens another, and ignores proxy settings. */
export class OneConnection extends Agent {
  #connection: Duplex | undefined;

  constructor(connection: Duplex) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#connection = connection;
  }

  override createConnection(): Duplex {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined || connection.destroyed) {
      throw closed();
    }
    return connection;
  }
}

/**
 * Sends one request and reads its whole reply. A redirect is a reply like any other, and nothing is retried.
 *
 * @throws BinanceError
 */
export function exchange(agent: Agent, raw: RawRequest, limits: Limits): Promise<RawReply> {
  const { host, method, target, headers } = raw;
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent, host, method, path: target, headers });
    const giveUp = (error: BinanceError): void => {
      reject(error);
      outgoing.destroy();
    };
    const timer = setTimeout(() => {
      giveUp(timedOut(limits.timeout));
    }, limits.timeout);
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      let length = 0;
      incoming.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > limits.body) {
          giveUp(unreadable(`is longer than ${limits.body} bytes`));
        }
      });
      incoming.on("end", () => {
        if (!incoming.complete) {
          reject(closed());
          return;
        }
        resolve({
          status: incoming.statusCode ?? 0,
          retryAfter: incoming.headers["retry-after"],
          body: Buffer.concat(chunks).toString("utf8"),
        });
      });
      incoming.on("error", () => {
        reject(closed());
      });
    });
    outgoing.on("error", (error) => {
      reject(toBinanceError(error));
    });
    outgoing.on("close", () => {
      clearTimeout(timer);
      // Has no effect, unless the connection ended without a reply and without an error.
      reject(closed());
    });
    outgoing.end();
  });
}

/** Keeps only the code of Node's error: the rest may hold what was sent. */
export function toBinanceError(error: unknown): BinanceError {
  if (error instanceof BinanceError) {
    return error;
  }
  const code = codeOf(error);
  if (code.startsWith("HPE_")) {
    return unreadable(`isn't HTTP (${code})`);
  }
  return new BinanceError(unreachable(code));
}

export function timedOut(milliseconds: number): BinanceError {
  return new BinanceError({
    kind: "unreachable",
    reason: "timeout",
    detail: `no answer within ${milliseconds / 1000} s`,
  });
}

function closed(): BinanceError {
  return new BinanceError({ kind: "unreachable", reason: "closed", detail: "the connection was closed" });
}

function unreadable(problem: string): BinanceError {
  return new BinanceError({ kind: "unreadable", problem });
}

function codeOf(error: unknown): string {
  const hasCode = typeof error === "object" && error !== null && "code" in error;
  return hasCode && typeof error.code === "string" ? error.code : "";
}

function unreachable(code: string): Failure {
  const kind = "unreachable";
  if (/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/.test(code)) {
    return { kind, reason: "dns", detail: `the name can't be resolved (${code})` };
  }
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EACCES|EPERM|EADDRNOTAVAIL)$/.test(code)) {
    return { kind, reason: "connect", detail: `no connection (${code})` };
  }
  if (/CERT|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|ISSUER/.test(code)) {
    return { kind, reason: "certificate", detail: `its certificate isn't trusted (${code})` };
  }
  if (/^(EPROTO|ERR_SSL|ERR_TLS)/.test(code)) {
    return { kind, reason: "tls", detail: `no TLS connection (${code})` };
  }
  return { kind, reason: "closed", detail: `the connection was closed${code === "" ? "" : ` (${code})`}` };
}
