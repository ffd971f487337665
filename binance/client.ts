import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type * as z from "zod";
import { type Attempt, BinanceError, type Trouble } from "./errors.ts";
import { exchange, OneConnection, timedOut, toBinanceError } from "./http-exchange.ts";
import type { KeyPair } from "./key-pair.ts";
import { readReply } from "./replies.ts";
import { binanceHost, type Call, plainTarget, signedTarget } from "./request.ts";
import { type Signer, signerFor } from "./signing.ts";

export interface ClientOptions {
  /** The way to Binance, which need not be trusted: TLS goes inside it. */
  socket: Duplex;
  keyPair: KeyPair;
  host?: string;
  /** For the TLS connection, and for each request with its reply, in ms. */
  timeout?: number;
  /** Asked when the connection breaks: whoever made the way may know better why. */
  explain?: () => Promise<Trouble | undefined>;
  /** Told of every request: no query, no header. */
  onReply?: (call: Call, outcome: string, milliseconds: number) => void;
}

/** The longest reply that is read, in bytes. The longest of those asked for is the account, with its balances. */
const longestBody = 1024 * 1024;

/**
 * Binance's REST API over one TLS connection. It asks one thing after the other, follows no redirect, tries
 * nothing twice, and falls silent for good when it is told to stop: a request to a host that has said
 * "too many" makes the ban longer.
 */
export class BinanceClient {
  readonly #tls: TLSSocket;
  readonly #agent: OneConnection;
  readonly #apiKey: string;
  readonly #sign: Signer;
  readonly #options: ClientOptions;
  readonly #host: string;
  readonly #timeout: number;
  #silent = false;
  /** What has to be added to this computer's clock to get the exchange's, in ms. */
  clockDifference = 0;

  private constructor(tls: TLSSocket, sign: Signer, options: ClientOptions) {
    this.#tls = tls;
    this.#agent = new OneConnection(tls);
    this.#apiKey = options.keyPair.apiKey;
    this.#sign = sign;
    this.#options = options;
    this.#host = options.host ?? binanceHost;
    this.#timeout = options.timeout ?? defaultTimeout;
  }

  /**
   * Opens TLS on the socket.
   *
   * @throws BinanceError where that fails; Error where the secret can't sign
   */
  static async open(options: ClientOptions): Promise<BinanceClient> {
    const sign = signerFor(options.keyPair.apiSecret);
    try {
      const tls = await secure(options);
      return new BinanceClient(tls, sign, options);
    } catch (error) {
      options.socket.destroy();
      const { trouble } = toBinanceError(error);
      throw new BinanceError(await explained(trouble, options));
    }
  }

  /** Asks one thing. Troubles are returned, not thrown: what is missing is a finding, too. */
  async ask<T>(call: Call, expected: z.ZodType<T>): Promise<Attempt<T>> {
    if (this.#silent) {
      return { ok: false, trouble: { kind: "skipped" } };
    }
    const start = performance.now();
    const attempt = await this.#try(call, expected);
    const outcome = attempt.ok ? "ok" : nameOf(attempt.trouble);
    this.#options.onReply?.(call, outcome, performance.now() - start);
    if (!attempt.ok) {
      this.#silent = endsAll(attempt.trouble);
    }
    return attempt;
  }

  async #try<T>(call: Call, expected: z.ZodType<T>): Promise<Attempt<T>> {
    const signed = call.security === "SIGNED";
    const target = signed
      ? signedTarget(call, Math.round(Date.now() + this.clockDifference), this.#sign)
      : plainTarget(call);
    const request = {
      host: this.#host,
      method: call.method,
      target,
      headers: {
        accept: "application/json",
        "user-agent": "trading-bot-server",
        ...(signed && { "x-mbx-apikey": this.#apiKey }),
        ...(call.method === "POST" && { "content-length": "0" }),
      },
    };
    try {
      const reply = await exchange(this.#agent, request, { timeout: this.#timeout, body: longestBody });
      const { apiKey, apiSecret } = this.#options.keyPair;
      return readReply(reply, expected, [apiKey, apiSecret, target.split("signature=")[1] ?? ""]);
    } catch (error) {
      const { trouble } = toBinanceError(error);
      return { ok: false, trouble: await explained(trouble, this.#options) };
    }
  }

  close(): void {
    this.#agent.destroy();
    this.#tls.destroy();
    this.#options.socket.destroy();
  }
}

const defaultTimeout = 15_000;

function secure({ socket, host = binanceHost, timeout = defaultTimeout }: ClientOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = connectTls({
      socket,
      servername: host,
      ALPNProtocols: ["http/1.1"],
      minVersion: "TLSv1.2",
      // Said here, because an environment variable may say otherwise.
      rejectUnauthorized: true,
    });
    const timer = setTimeout(() => {
      reject(timedOut(timeout));
      tls.destroy();
    }, timeout);
    const settle = (then: () => void) => () => {
      clearTimeout(timer);
      then();
    };
    // What lies below may break in a way of its own, as a name that can't be resolved.
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    // For good: an error that nobody listens to would end the process. A later break shows in the next request.
    socket.on("error", fail);
    tls.on("error", fail);
    tls.once(
      "close",
      settle(() => {
        reject(new Error("closed"));
      }),
    );
    tls.once(
      "secureConnect",
      settle(() => {
        resolve(tls);
      }),
    );
  });
}

async function explained(trouble: Trouble, { explain }: ClientOptions): Promise<Trouble> {
  return trouble.kind === "unreachable" ? ((await explain?.()) ?? trouble) : trouble;
}

/** Whether nothing more may be asked, or can be, after this trouble. */
function endsAll(trouble: Trouble): boolean {
  if (trouble.kind === "refused") {
    return trouble.code === -1003 || [403, 418, 429, 451].includes(trouble.status);
  }
  return trouble.kind === "unreachable";
}

function nameOf(trouble: Trouble): string {
  return trouble.kind === "refused" ? `HTTP ${trouble.status} ${trouble.code ?? ""}`.trim() : trouble.kind;
}
