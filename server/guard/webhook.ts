import { post } from "./post.ts";
import { webhookRequest } from "./webhook-request.ts";

/**
 * Posts a message to the webhook, once.
 *
 * @returns undefined if the service accepted it; otherwise the reason. The reason names only the address's host,
 * because a person who knows its path can write there
 */
export async function postMessage(address: URL, text: string): Promise<string | undefined> {
  const request = webhookRequest(address, text);
  const why = await post(request);
  return why === undefined
    ? undefined
    : `The webhook at ${request.url.hostname} did not accept the message: ${why}.`;
}
