import { request } from "node:https";
import { webhookRequest } from "./webhook-request.ts";

/** For the connection and the reply together, in ms. */
const timeout = 10_000;

/**
 * Posts a message, once, and follows no redirect.
 *
 * @returns undefined if the service accepted it; otherwise the reason. The reason names only the address's host,
 * because a person who knows its path can write there
 */
export function postMessage(address: URL, text: string): Promise<string | undefined> {
  const { url, contentType, body } = webhookRequest(address, text);
  return new Promise((resolve) => {
    const failed = (why: string): void => {
      resolve(`The webhook at ${url.hostname} did not accept the message: ${why}.`);
    };
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
      failed(`no answer within ${timeout / 1000} s`);
      outgoing.destroy();
    }, timeout);
    outgoing.on("response", (incoming) => {
      const status = incoming.statusCode ?? 0;
      if (status >= 200 && status < 300) {
        resolve(undefined);
      } else {
        failed(status >= 300 && status < 400 ? "a redirect, which isn't followed" : `HTTP ${status}`);
      }
      // The reply isn't needed.
      outgoing.destroy();
    });
    outgoing.on("error", (error) => {
      // Only the code of Node's error: the rest may hold what was sent, and where.
      failed("code" in error && typeof error.code === "string" ? error.code : "no connection");
    });
    outgoing.on("close", () => {
      clearTimeout(timer);
      failed("the connection was closed");
    });
    outgoing.end(body);
  });
}
