import type { IncomingHttpHeaders } from "node:http";
import { createServer, type Server } from "node:https";
import { connect, type Socket } from "node:net";
import * as z from "zod";
import { soundReply } from "../binance/support.ts";
import type { Certificate } from "./certificate.ts";

/** A request that the stand-in got. */
export interface Asked {
  method: string;
  path: string;
  query: string;
  headers: IncomingHttpHeaders;
}

/** What it answers: a string as it is, anything else as JSON. */
export interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Instead of answering: cuts the connection, or stays silent. */
  instead?: "cut" | "silence";
}

/** Answers by path, or by method and path: "DELETE /api/v3/openOrders". The other paths answer as for a sound key. */
export type Answers = Record<string, Answer | ((query: URLSearchParams) => Answer)>;

const day = 24 * 3600 * 1000;

/** The restrictions of a sound key. */
export const soundRestrictions = { ...soundReply, createTime: Date.now() - 30 * day };

export const refusedAddress: Answer = {
  status: 401,
  body: { code: -2015, msg: "Invalid API-key, IP, or permissions for action." },
};

/** Binance with fixed answers, behind TLS. It has no rules, so that tests can have any answer. */
export class BinanceStandIn {
  readonly asked: Asked[] = [];
  /** How many TLS connections were made. */
  connections = 0;
  readonly #server: Server;
  #answers: Answers;
  readonly #sockets = new Set<Socket>();

  private constructor(certificate: Certificate, answers: Answers) {
    this.#answers = answers;
    this.#server = createServer(certificate, (request, response) => {
      const [path = "", query = ""] = (request.url ?? "").split("?");
      this.asked.push({ method: request.method ?? "", path, query, headers: request.headers });
      const {
        status = 200,
        body = sound(path),
        headers = {},
        instead,
      } = this.#answerTo(request.method, path, query);
      if (instead === "cut") {
        request.socket.destroy();
      }
      if (instead !== undefined) {
        return;
      }
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
    this.#server.on("connection", (socket: Socket) => this.#sockets.add(socket));
    this.#server.on("secureConnection", () => this.connections++);
    // A client that doesn't trust the certificate closes the connection; a test expects that.
    this.#server.on("tlsClientError", () => undefined);
  }

  #answerTo(method = "", path: string, query: string): Answer {
    const answer = this.#answers[`${method} ${path}`] ?? this.#answers[path] ?? usual(path);
    return typeof answer === "function" ? answer(new URLSearchParams(query)) : answer;
  }

  static async start(certificate: Certificate, answers: Answers = {}): Promise<BinanceStandIn> {
    const standIn = new BinanceStandIn(certificate, answers);
    await new Promise<void>((resolve) => {
      standIn.#server.listen(0, "127.0.0.1", resolve);
    });
    return standIn;
  }

  /** Forgets all requests, and has these answers from now on. */
  reset(answers: Answers = {}): void {
    this.#answers = answers;
    this.asked.length = 0;
    this.connections = 0;
  }

  get port(): number {
    return z.object({ port: z.number() }).parse(this.#server.address()).port;
  }

  /** A connection to it, like that of a tunnel. */
  socket(): Socket {
    return connect(this.port, "127.0.0.1");
  }

  get paths(): string[] {
    return this.asked.map(({ method, path }) => `${method} ${path}`);
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }
}

/** A sound key for spot isn't for futures. */
function usual(path: string): Answer {
  return path.startsWith("/fapi/") && path !== "/fapi/v1/time" ? refusedAddress : {};
}

function sound(path: string): unknown {
  switch (path) {
    case "/fapi/v1/time":
    case "/api/v3/time":
      return { serverTime: Date.now() };
    case "/sapi/v1/account/apiRestrictions":
      return soundRestrictions;
    case "/api/v3/account":
      return {
        canTrade: true,
        uid: 1,
        balances: [
          { asset: "BTC", free: "0.50000000", locked: "0.00000000" },
          { asset: "USDC", free: "120.00000000", locked: "5.00000000" },
        ],
      };
    case "/sapi/v1/account/status":
      return { data: "Normal" };
    case "/sapi/v1/account/apiTradingStatus":
      return { data: { isLocked: false } };
    default:
      return {};
  }
}
