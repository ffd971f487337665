import { request } from "node:https";
import { webhookRequest } from "./webhook-request.ts";

/** For the connection and the answer together, in ms. */
const timeout = 10_000;

/**
 * Sends a message, once, and follows no redirect.
 *
 * @returns undefined where the service has taken it; else why not. The address is named by its host alone, because
 * its path lets everybody write there
 */
export function deliver(address: URL, text: string): Promise<string | undefined> {
  const { url, contentType, body } = webhookRequest(address, text);
  return new Promise((resolve) => {
    const failed = (why: string): void => {
      resolve(`The webhook at ${url.hostname} did not take the message: ${why}.`);
    };
    const outgoing = request(url, {
      method: "POST",
      // The server has no IPv6.
      family: 4,
      agent: false,
      // Said here, because an environment variable may say otherwise.
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
      // Nothing of the answer is of use.
      outgoing.destroy();
    });
    outgoing.on("error", (error) => {
      // Of Node's error only the code: the rest may hold what was sent, and where.
      failed("code" in error && typeof error.code === "string" ? error.code : "no connection");
    });
    outgoing.on("close", () => {
      clearTimeout(timer);
      failed("the connection was closed");
    });
    outgoing.end(body);
  });
}
