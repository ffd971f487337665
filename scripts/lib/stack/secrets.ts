import { patternsOf } from "../verification/tracked-files.ts";
import type { StackOutputs } from "./outputs.ts";
import { parseSettings, printSettings } from "./settings.ts";

/** What must not be in a bot's program. */
export interface StackSecret {
  /** To be shown. */
  name: string;
  /** Texts that give it away. */
  patterns: string[];
}

/** Shorter texts would be found by chance. */
const shortest = 24;

/** Reads a stack's secrets through the Pulumi CLI, those that are set. */
export async function readStackSecrets(
  outputs: StackOutputs,
  stack: string | undefined,
): Promise<StackSecret[]> {
  const settings = parseSettings(await printSettings(stack));
  const values = {
    "the API secret": settings["binance:apiSecret"]?.value,
    "Hetzner's API token": settings["hcloud:token"]?.value,
    "an SSH key that nothing protects": outputs.deployKey,
  };
  return Object.entries(values).flatMap(([name, value = ""]) => {
    const patterns = patternsOf({ apiKey: "", apiSecret: value }).filter(({ length }) => length >= shortest);
    return patterns.length === 0 ? [] : [{ name, patterns }];
  });
}

/** @returns the name of a secret that the content holds, or undefined */
export function secretIn(content: Buffer, secrets: StackSecret[]): string | undefined {
  return secrets.find(({ patterns }) => patterns.some((pattern) => content.includes(pattern)))?.name;
}
