import { setTimeout as wait } from "node:timers/promises";
import { post } from "./post.ts";

/** Each takes ten seconds at most, and the unit has a minute. */
const tries = 3;
const pause = 2000;

/**
 * Calls the address of a service that alerts the owner when nothing has come for a while.
 *
 * @returns undefined if the service accepted it; otherwise the reason. The reason names only the address's host, because
 * a person who knows its path can pretend that all is well
 */
export async function callHeartbeat(url: URL): Promise<string | undefined> {
  let why: string | undefined;
  for (let count = 1; count <= tries; count++) {
    why = await post({ url, contentType: "text/plain; charset=utf-8", body: "" });
    if (why === undefined) {
      return undefined;
    }
    if (count < tries) {
      await wait(pause);
    }
  }
  return `The heartbeat at ${url.hostname} was not accepted in ${tries} tries: ${why ?? ""}.`;
}
