import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import type { KeyPair } from "../../../binance/key-pair.ts";
import { UserError } from "../command/user-error.ts";

/** A terminal obeys control characters; the line ends of a PEM key are harmless. */
const printable = z.string().regex(/^[^\p{Cc}]+$/u);
const pair = z.object({
  apiKey: printable,
  apiSecret: z.string().refine((secret) => printable.safeParse(secret.replaceAll(/\r?\n/g, "")).success),
});

/**
 * Parses what the server shows: the pair's line of JSON.
 *
 * @throws UserError that shows nothing of it
 */
export function parseShownPair(line: string): KeyPair {
  const { data } = pair.safeParse(parseJson(line));
  if (data === undefined) {
    throw new UserError("What the server has shown is no key pair. Deliver it again: pulumi up");
  }
  return data;
}
