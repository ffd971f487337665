import { once } from "node:events";
import { afterEach } from "@jest/globals";
import { WebSocket } from "ws";
import * as z from "zod";
import { type Emulator, startEmulator } from "./emulator.ts";

/** A WebSocket whose messages and pings a test reads one by one. */
export class SocketClient {
  readonly #socket: WebSocket;
  readonly #messages: unknown[] = [];
  readonly pings: string[] = [];
  #wake: () => void = () => undefined;

  constructor(url: string, options: WebSocket.ClientOptions) {
    this.#socket = new WebSocket(url, options);
    this.#socket.on("message", (data: Buffer) => {
      const message: unknown = JSON.parse(data.toString());
      this.#messages.push(message);
      this.#wake();
    });
    this.#socket.on("close", () => {
      this.#wake();
    });
    this.#socket.on("ping", (data) => {
      this.pings.push(data.toString());
      this.#wake();
    });
  }

  async opened(): Promise<void> {
    await once(this.#socket, "open");
  }

  /** Resolves with "code reason" when the server has closed the connection. */
  async closed(): Promise<string> {
    return new Promise((resolve) => {
      this.#socket.once("close", (code, reason) => {
        resolve(`${code} ${reason.toString()}`.trim());
      });
    });
  }

  /** The next message. */
  async next(): Promise<unknown> {
    await this.#until(() => this.#messages.length > 0);
    return this.#messages.shift();
  }

  /** The next message that is an object, for its fields. */
  async nextObject(): Promise<Record<string, unknown>> {
    return z.record(z.string(), z.unknown()).parse(await this.next());
  }

  /** The messages that have arrived and were not read. */
  get unread(): number {
    return this.#messages.length;
  }

  /** Waits until the server has sent so many pings. */
  async pinged(count: number): Promise<void> {
    await this.#until(() => this.pings.length >= count);
  }

  send(message: unknown): void {
    this.#socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Sends a message, and returns the next one that comes. */
  async ask(message: unknown): Promise<unknown> {
    this.send(message);
    return this.next();
  }

  ping(payload = ""): void {
    this.#socket.ping(payload);
  }

  /** Resolves with the payload of the next pong. */
  async ponged(): Promise<string> {
    return new Promise((resolve) => {
      this.#socket.once("pong", (payload) => {
        resolve(payload.toString());
      });
    });
  }

  pong(payload: string): void {
    this.#socket.pong(payload);
  }

  /** Reads nothing more, until resume(). */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  async #until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      if (this.#socket.readyState > WebSocket.OPEN) {
        throw new Error("the WebSocket is closed");
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const open: SocketClient[] = [];

afterEach(() => {
  open.splice(0).forEach((client) => {
    client.terminate();
  });
});

/** Opens a WebSocket that is closed with the test. */
export async function connect(
  { url }: Pick<Emulator, "url">,
  path: string,
  options: WebSocket.ClientOptions = {},
): Promise<SocketClient> {
  const client = new SocketClient(`${url.replace("http", "ws")}${path}`, options);
  open.push(client);
  await client.opened();
  return client;
}

/** Tries to open a WebSocket that must be refused. @returns the status and body of the answer */
export async function refusal(
  { url }: Pick<Emulator, "url">,
  path: string,
  options: WebSocket.ClientOptions = {},
): Promise<string> {
  const socket = new WebSocket(`${url.replace("http", "ws")}${path}`, options);
  socket.on("error", () => undefined);
  return new Promise((resolve) => {
    socket.once("open", () => {
      socket.terminate();
      resolve("open");
    });
    socket.once("unexpected-response", (_request, response) => {
      response.setEncoding("utf8").once("data", (text: string) => {
        resolve(`${response.statusCode ?? 0} ${text}`);
      });
    });
  });
}

/** Starts an emulator and opens a WebSocket. */
export async function startAndConnect(path: string): Promise<{ emulator: Emulator; socket: SocketClient }> {
  const emulator = await startEmulator();
  return { emulator, socket: await connect(emulator, path) };
}
