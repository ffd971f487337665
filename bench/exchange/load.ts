import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Sent } from "./signed.ts";

const connections = 16;

/** Sends many requests, some at once. @param next the next request */
export async function sendRequests(next: (number: number) => Sent, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let left = count;
  const sendOneAfterAnother = async () => {
    while (left > 0) {
      left -= 1;
      const { url, ...sent } = next(left);
      await answered(request(url, { ...sent, agent }));
    }
  };
  await Promise.all(Array.from({ length: connections }, sendOneAfterAnother));
  agent.destroy();
}

/** Sends a request, and waits for its answer, which must be a success. */
export function answered(sent: ClientRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    sent.once("error", reject);
    sent.once("response", (response: IncomingMessage) => {
      if (response.statusCode !== 200) {
        reject(new Error(`${sent.method} ${sent.path} was answered with ${response.statusCode ?? 0}`));
      }
      response.resume().once("end", resolve);
    });
    sent.end();
  });
}

/** Many clients that get the same streams. */
export interface Watching {
  /** How many messages they got. */
  messages: number;
  stop: () => void;
}

export async function watchStreams(url: string, clients: number, streams: string[]): Promise<Watching> {
  const names = streams.map((stream) => `btcusdc@${stream}`).join("/");
  const sockets = Array.from(
    { length: clients },
    () => new WebSocket(`${url.replace("http", "ws")}/stream?streams=${names}`),
  );
  const watching: Watching = {
    messages: 0,
    stop: () => {
      sockets.forEach((socket) => {
        socket.close();
      });
    },
  };
  for (const socket of sockets) {
    socket.addEventListener("message", () => {
      watching.messages += 1;
    });
  }
  await Promise.all(sockets.map((socket) => once(socket, "open")));
  return watching;
}
