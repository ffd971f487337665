import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import type { KeyPair } from "../../../binance/key-pair.ts";
import { UserError } from "../command/user-error.ts";

/** A terminal would obey control characters. The line ends of a PEM key are harmless. */
const printable = z.string().regex(/^[^\p{Cc}]+$/u);
const keyPair = z.object({
  apiKey: printable,
  apiSecret: z.string().refine((secret) => printable.safeParse(secret.replaceAll(/\r?\n/g, "")).success),
});

/**
 * Parses the line of JSON that the server prints to show its key pair.
 *
 * @throws UserError that shows nothing of it
 */
export function parseShownPair(line: string): KeyPair {
  const { data } = keyPair.safeParse(parseJson(line));
  if (data === undefined) {
    throw new UserError("The server's output isn't a key pair. To install the key pair again: pulumi up");
  }
  return data;
}
