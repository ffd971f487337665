import type { StackOutputs } from "./outputs.ts";
import { secretPatterns } from "./secret-patterns.ts";
import { parseSettings, printSettings } from "./settings.ts";

/** A secret of the stack, which must not be in a bot's program. */
export interface StackSecret {
  /** For messages. */
  name: string;
  /** Texts that show that a file contains it. */
  patterns: string[];
}

/** Reads a stack's secrets through the Pulumi CLI. Those that aren't set are left out. */
export async function readStackSecrets(
  outputs: StackOutputs,
  stack: string | undefined,
): Promise<StackSecret[]> {
  const settings = parseSettings(await printSettings(stack));
  const values = {
    "the API secret": settings["binance:apiSecret"]?.value,
    "Hetzner's API token": settings["hcloud:token"]?.value,
    "the SSH deploy key": outputs.deployKey,
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
