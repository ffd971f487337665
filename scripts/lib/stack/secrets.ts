import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import type { StackOutputs } from "./outputs.ts";
import { secretPatterns } from "./secret-patterns.ts";
import { readValues } from "./settings.ts";

/** A secret of the stack, which must not be in a bot's program. */
export interface StackSecret {
  /** For messages. */
  name: string;
  /** Texts that show that a file contains it. */
  patterns: string[];
}

/** What the setting `bot` has for this. components/settings/bot/schema.ts has all of it. */
const withSecrets = z.looseObject({ secrets: z.record(z.string(), z.coerce.string()) });

/** Reads a stack's secrets through the Pulumi CLI. Those that aren't set are left out. */
export async function readStackSecrets(
  outputs: StackOutputs,
  stack: string | undefined,
): Promise<StackSecret[]> {
  const settings = await readValues(stack);
  const { secrets } = withSecrets.safeParse(parseJson(settings.bot ?? "")).data ?? { secrets: {} };
  const values = {
    "the API secret": settings["binance:apiSecret"],
    "the API secret of the demo account": settings["binance:demoApiSecret"],
    "Hetzner's API token": settings["hcloud:token"],
    "the password of the backups": settings["backup:password"],
    "the secret key of the backups' storage": settings["backup:secretKey"],
    "the private key of the backups' storage": settings["backup:privateKey"],
    "the SSH deploy key": outputs.deployKey,
    ...Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`bot.secrets.${name}`, value])),
  };
  return Object.entries(values).flatMap(([name, value = ""]) => {
    const patterns = secretPatterns(value);
    return patterns.length === 0 ? [] : [{ name, patterns }];
  });
}

/** @returns the name of a secret that the content contains, or undefined */
export function secretIn(content: Buffer, secrets: StackSecret[]): string | undefined {
  return secrets.find(({ patterns }) => patterns.some((pattern) => content.includes(pattern)))?.name;
}
