import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach } from "@jest/globals";
import * as z from "zod";
import { type BinanceOptions, createBinance } from "../../../binance/binance.ts";
import { BinanceControl, type CreatedKey } from "../../../binance/control.ts";
import { ManualClock } from "../../emulator/manual-clock.ts";
import { sign, type Signing } from "./signing.ts";

/** The answer to a request. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

export interface Sent {
  method?: string;
  /** Without the question mark. */
  query?: string;
  body?: string;
  headers?: Record<string, string>;
  /** The address that the connection is made from: any of 127.0.0.0/8 is this machine's. */
  from?: string;
}

/** An emulator on the loopback interface. */
export interface Emulator {
  url: string;
  clock: ManualClock;
  control: BinanceControl;
  /** The folder that its control socket is in. */
  folder: string;
  /** The lines of its log. */
  reported: string[];
  send: (path: string, sent?: Sent) => Promise<Answer>;
  /** Sends a request signed with the key; `query` and `body` get what is missing. */
  sendSigned(path: string, key: Signing, sent?: Sent): Promise<Answer>;
  /** Does this before the emulator stops with the test, such as ending a client that would reconnect. */
  beforeStop(end: () => unknown): void;
  stop(): Promise<void>;
}

const running: Emulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.stop()));
});

/** Starts an emulator that stops with the test. */
export async function startEmulator(options: BinanceOptions = {}): Promise<Emulator> {
  const clock = new ManualClock();
  const reported: string[] = [];
  const binance = createBinance({ clock, report: (line) => reported.push(line), ...options });
  const folder = await mkdtemp(join(tmpdir(), "binance-"));
  const socket = join(folder, "binance.sock");
  await binance.control.listen({ path: socket });
  const url = await binance.api.listen({ host: "127.0.0.1", port: 0 });

  const send: Emulator["send"] = (path, sent = {}) => exchange(url, path, sent);
  const ends: (() => unknown)[] = [];
  const emulator: Emulator = {
    url,
    clock,
    folder,
    reported,
    control: new BinanceControl(socket),
    send,
    sendSigned(path, key, { query = "", body = "", headers = {}, ...rest } = {}) {
      const timed = `${query}${query === "" ? "" : "&"}timestamp=${clock.now().getTime()}`;
      const signature = encodeURIComponent(sign(key, timed + body));
      return send(path, {
        ...rest,
        body,
        query: `${timed}&signature=${signature}`,
        headers: { "x-mbx-apikey": key.apiKey, ...headers },
      });
    },
    beforeStop: (end) => ends.push(end),
    async stop() {
      await Promise.all(ends.map((end) => end()));
      await Promise.all([binance.api.close(), binance.control.close()]);
      await rm(folder, { recursive: true });
    },
  };
  running.push(emulator);
  return emulator;
}

async function exchange(url: string, path: string, sent: Sent): Promise<Answer> {
  const { method = "GET", query, body = "", headers = {}, from = "127.0.0.1" } = sent;
  const outgoing = request(`${url}${path}${query === undefined ? "" : `?${query}`}`, {
    method,
    headers: {
      ...(body === "" ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...headers,
    },
    localAddress: from,
    agent: false,
  });
  return new Promise((resolve, reject) => {
    outgoing.once("error", reject);
    outgoing.once("response", (response) => {
      text(response).then((answer) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answer });
      }, reject);
    });
    outgoing.end(body === "" ? undefined : Buffer.from(body, "utf8"));
  });
}

const errorBody = z.object({ code: z.int(), msg: z.string() });

/** Status, code and text of an error: "401 -2014 API-key format invalid." */
export function errorIn(answer: Answer): string {
  const { code, msg } = errorBody.parse(JSON.parse(answer.text));
  return `${answer.status} ${code} ${msg}`;
}

/** The body of a successful answer. */
export function bodyOf(answer: Answer): unknown {
  if (answer.status !== 200) {
    throw new Error(`${answer.status} ${answer.text}`);
  }
  const body: unknown = JSON.parse(answer.text);
  return body;
}

/** Creates a system-generated key. */
export async function makeKey(
  { control }: Emulator,
  request: Partial<Parameters<BinanceControl["createKey"]>[0]> = {},
): Promise<CreatedKey & Signing> {
  const key = await control.createKey({ label: "bot", permissions: ["reading", "trading"], ...request });
  return { ...key, signWith: key.apiSecret ?? "" };
}
