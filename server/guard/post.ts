import { request } from "node:https";

/** For the connection and the reply together, in ms. */
const timeout = 10_000;

export interface Post {
  url: URL;
  contentType: string;
  body: string;
}

/**
 * Posts once, and follows no redirect.
 *
 * @returns undefined if the service accepted it; otherwise the reason, which contains nothing of the address
 */
export function post({ url, contentType, body }: Post): Promise<string | undefined> {
  return new Promise((resolve) => {
    const outgoing = request(url, {
      method: "POST",
      // The server has no IPv6.
      family: 4,
      agent: false,
      // Explicit, because an environment variable can turn the default off.
      rejectUnauthorized: true,
      headers: {
        "content-type": contentType,
        "content-length": Buffer.byteLength(body),
        "user-agent": "trading-bot-server",
      },
    });
    const timer = setTimeout(() => {
      resolve(`no answer within ${timeout / 1000} s`);
      outgoing.destroy();
    }, timeout);
    outgoing.on("response", (incoming) => {
      resolve(reasonIn(incoming.statusCode ?? 0));
      // The reply isn't needed.
      outgoing.destroy();
    });
    outgoing.on("error", (error) => {
      // Only the code of Node's error: the rest may hold what was sent, and where.
      resolve("code" in error && typeof error.code === "string" ? error.code : "no connection");
    });
    outgoing.on("close", () => {
      clearTimeout(timer);
      resolve("the connection was closed");
    });
    outgoing.end(body);
  });
}

function reasonIn(status: number): string | undefined {
  if (status >= 200 && status < 300) {
    return undefined;
  }
  return status >= 300 && status < 400 ? "a redirect, which isn't followed" : `HTTP ${status}`;
}
