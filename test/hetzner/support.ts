import { createServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import { HetznerClient } from "../../hetzner/client.ts";
import type { Clock } from "../../hetzner/clock.ts";

/** A token of the right length, to be looked for in messages. */
export const token = "canary".padEnd(64, "0");

/** Time that passes only when somebody waits. */
class TestClock implements Clock {
  time = Date.parse("2026-11-26T12:00:00Z");
  /** Every wait, in ms. */
  readonly waits: number[] = [];
  /** Called after each wait. */
  onSleep: () => void = () => undefined;

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number): Promise<void> {
    this.waits.push(milliseconds);
    this.time += milliseconds;
    this.onSleep();
    // A macrotask, so that the loop under test lets the stand-in's answers in.
    return new Promise((resolve) => setImmediate(resolve));
  }
}

/** An answer; "lost" ends the connection instead, and "silent" leaves it open without an answer. */
export type Answer =
  { status?: number; body?: unknown; headers?: Record<string, string> } | { raw: string } | "lost" | "silent";
export type Answers = Record<string, Answer | Answer[] | ((request: Received) => Answer)>;

export interface Received {
  /** "GET /servers?name=a". */
  call: string;
  authorization: string | undefined;
  body: string;
}

/** A small Hetzner on this computer, with scripted answers. */
export class HetznerStandIn {
  readonly requests: Received[] = [];
  readonly clock = new TestClock();
  readonly #http: HttpServer;
  readonly #used = new Map<string, number>();
  #answers: Answers = {};

  private constructor(http: HttpServer) {
    this.#http = http;
  }

  static async start(): Promise<HetznerStandIn> {
    const http = createServer();
    const standIn = new HetznerStandIn(http);
    http.on("request", (request, response) => {
      void standIn.#receive(request).then((answer) => {
        if (answer === "silent") {
          return;
        }
        if (answer === "lost") {
          request.socket.destroy();
        } else if ("raw" in answer) {
          response.end(answer.raw);
        } else {
          response.writeHead(answer.status ?? 200, {
            "content-type": "application/json",
            ...answer.headers,
          });
          response.end(JSON.stringify(answer.body ?? {}));
        }
      });
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    return standIn;
  }

  get endpoint(): string {
    const address = this.#http.address();
    return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/v1`;
  }

  client(access: { token?: string; timeout?: number } = {}): HetznerClient {
    return new HetznerClient(
      { token: access.token ?? token, endpoint: this.endpoint },
      { clock: this.clock, ...(access.timeout !== undefined && { timeout: access.timeout }) },
    );
  }

  /** @param answers by call without its query, such as "GET /servers"; of a list, the last one is repeated */
  answer(answers: Answers): void {
    this.#answers = answers;
    this.#used.clear();
    this.requests.length = 0;
    this.clock.waits.length = 0;
    this.clock.onSleep = () => undefined;
  }

  /** The calls so far, without their queries. */
  get calls(): string[] {
    return this.requests.map(({ call }) => call.replace(/\?.*/, ""));
  }

  async #receive(request: IncomingMessage): Promise<Answer> {
    let body = "";
    for await (const chunk of request) {
      body += String(chunk);
    }
    const call = `${request.method ?? ""} ${(request.url ?? "").replace(/^\/v1/, "")}`;
    const received = { call, authorization: request.headers.authorization, body };
    this.requests.push(received);
    const key = call.replace(/\?.*/, "");
    const answers = this.#answers[key];
    if (typeof answers === "function") {
      return answers(received);
    }
    if (!Array.isArray(answers)) {
      return answers ?? refusal(404, "not_found");
    }
    const used = this.#used.get(key) ?? 0;
    this.#used.set(key, used + 1);
    return answers[Math.min(used, answers.length - 1)] ?? refusal(404, "not_found");
  }

  stop(): void {
    this.#http.closeAllConnections();
    this.#http.close();
  }
}

export function refusal(status: number, code: string, message = "not today"): Answer {
  return { status, body: { error: { code, message, details: null } } };
}

/** The answer to a request that starts an action. */
export function actionAnswer(
  status: "running" | "success" | "error" = "success",
  code = "action_failed",
): Answer {
  const error = status === "error" ? { code, message: "Action failed" } : null;
  return { status: 201, body: { action: { id: 7, command: "do_it", status, error } } };
}

/** The answer about the server 42. */
export function server(status: string): Answer {
  return {
    body: {
      server: {
        id: 42,
        name: "trading-bot-prod",
        status,
        server_type: { name: "cx23", architecture: "x86" },
        location: { name: "fsn1" },
        primary_disk_size: 40,
        public_net: { ipv4: { ip: "203.0.113.10" } },
      },
    },
  };
}
