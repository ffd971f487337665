import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";

// A secret in what `pulumi stack export --show-secrets` prints. `pulumi stack import` takes it and encrypts it again.

const signature = "4dabf18193072939515e22adb298388d";
const secret = z.object({
  [signature]: z.literal("1b47061264138c4ac30d75fd1eb44270"),
  plaintext: z.string(),
});

/** A value as Pulumi's form of a secret. */
export function toSecret(value: unknown): object {
  return { [signature]: "1b47061264138c4ac30d75fd1eb44270", plaintext: JSON.stringify(value) };
}

/** The value, whether it is a secret or not. */
export function fromSecret(value: unknown): unknown {
  const { data } = secret.safeParse(value);
  return data === undefined ? value : parseJson(data.plaintext);
}
