import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type * as z from "zod";
import { BinanceError, type Failure, type Result } from "./failure.ts";
import { exchange, OneConnection, timedOut, toBinanceError } from "./http-exchange.ts";
import type { KeyPair } from "./key-pair.ts";
import { meaningOf } from "./refusals.ts";
import { readReply } from "./replies.ts";
import { binanceHost, type Call, plainTarget, queryToSign, signedTarget } from "./request.ts";
import { type QuerySigner, type RemoteKey, signerFor } from "./signing.ts";

/** A pair, or an API key whose requests something else signs. */
export type ClientKey = KeyPair | RemoteKey;

export interface ClientOptions {
  /** The connection to Binance. It need not be trusted: TLS goes inside it. */
  socket: Duplex;
  keyPair: ClientKey;
  host?: string;
  /** For the TLS connection, and for each request with its reply, in ms. */
  timeout?: number;
  /** Called when the connection breaks: the socket's owner may know the reason. */
  explain?: () => Promise<Failure | undefined>;
  /** Called after every request. It gets neither query nor header. */
  onReply?: (call: Call, outcome: string, milliseconds: number) => void;
}

/** The longest reply that is read, in bytes. The longest one expected is the account, with its balances. */
const longestBody = 1024 * 1024;

/**
 * Binance's REST API over one TLS connection. It sends one request after the other, follows no redirect, retries
 * nothing, and stops for good after a refusal that requires it (refusals.ts): a request to a host that has answered
 * "too many requests" makes the ban longer.
 */
export class BinanceClient {
  readonly #tls: TLSSocket;
  readonly #agent: OneConnection;
  readonly #apiKey: string;
  readonly #sign: QuerySigner;
  readonly #options: ClientOptions;
  readonly #host: string;
  readonly #timeout: number;
  #stopped = false;
  /** What has to be added to this computer's clock to get the exchange's, in ms. */
  clockDifference = 0;

  private constructor(tls: TLSSocket, sign: QuerySigner, options: ClientOptions) {
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
   * @throws BinanceError if that fails; Error if the secret can't sign
   */
  static async open(options: ClientOptions): Promise<BinanceClient> {
    const { keyPair } = options;
    const sign = "sign" in keyPair ? keyPair.sign : signerFor(keyPair.apiSecret);
    try {
      const tls = await openTls(options);
      return new BinanceClient(tls, sign, options);
    } catch (error) {
      options.socket.destroy();
      const { failure } = toBinanceError(error);
      throw new BinanceError(await explained(failure, options));
    }
  }

  /** Whether an answer requires that nothing more is sent. */
  get hasStopped(): boolean {
    return this.#stopped;
  }

  /** Sends one request. A failure is returned, not thrown: it is something to report. */
  async request<T>(call: Call, expected: z.ZodType<T>): Promise<Result<T>> {
    if (this.#stopped) {
      return { ok: false, failure: { kind: "skipped" } };
    }
    const start = performance.now();
    const result = await this.#send(call, expected);
    const outcome = result.ok ? "ok" : outcomeOf(result.failure);
    this.#options.onReply?.(call, outcome, performance.now() - start);
    if (!result.ok) {
      this.#stopped = stopsRequests(result.failure);
    }
    return result;
  }

  async #send<T>(call: Call, expected: z.ZodType<T>): Promise<Result<T>> {
    const signed = call.security === "SIGNED";
    const headers = {
      accept: "application/json",
      "user-agent": "trading-bot-server",
      ...(signed && { "x-mbx-apikey": this.#apiKey }),
    };
    try {
      const target = signed ? await this.#signedTarget(call) : plainTarget(call);
      const request = { host: this.#host, method: call.method, target, headers };
      const reply = await exchange(this.#agent, request, { timeout: this.#timeout, body: longestBody });
      return readReply(reply, expected, [...this.#secrets, target.split("signature=")[1] ?? ""]);
    } catch (error) {
      const { failure } = toBinanceError(error);
      return { ok: false, failure: await explained(failure, this.#options) };
    }
  }

  async #signedTarget(call: Call): Promise<string> {
    const query = queryToSign(call, Math.round(Date.now() + this.clockDifference));
    return signedTarget(call, query, await this.#sign(query, call));
  }

  /** What no message may show. */
  get #secrets(): string[] {
    const { keyPair } = this.#options;
    return "sign" in keyPair ? [keyPair.apiKey] : [keyPair.apiKey, keyPair.apiSecret];
  }

  close(): void {
    this.#agent.destroy();
    this.#tls.destroy();
    this.#options.socket.destroy();
  }
}

const defaultTimeout = 15_000;

function openTls({
  socket,
  host = binanceHost,
  timeout = defaultTimeout,
}: ClientOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = connectTls({
      socket,
      servername: host,
      ALPNProtocols: ["http/1.1"],
      minVersion: "TLSv1.2",
      // Explicit, because an environment variable can turn the default off.
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
    // The socket below may fail in its own way, for example on a name that doesn't resolve.
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    // Never removed: an error without a listener would end the process. A later break shows in the next request.
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

async function explained(failure: Failure, { explain }: ClientOptions): Promise<Failure> {
  return failure.kind === "unreachable" ? ((await explain?.()) ?? failure) : failure;
}

/** Whether nothing more may be sent, or can be, after this failure. */
function stopsRequests(failure: Failure): boolean {
  if (failure.kind === "refused") {
    return meaningOf(failure).stopsRequests;
  }
  return failure.kind === "unreachable" || failure.kind === "tunnel";
}

function outcomeOf(failure: Failure): string {
  return failure.kind === "refused" ? `HTTP ${failure.status} ${failure.code ?? ""}`.trim() : failure.kind;
}
