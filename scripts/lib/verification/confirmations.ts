import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { confirmable, confirmables, type Confirmations } from "../../../checklist/rules/confirmations.ts";
import { day } from "../../../checklist/rules/key-age.ts";
import { runPulumi } from "../stack/pulumi-cli.ts";

/**
 * Asks a person for what no endpoint tells. Only a plain yes counts; the end of the input answers no.
 *
 * @param key the API key's fingerprint, which the answers are about
 * @param now in ms
 * @returns what was confirmed now. What was not is not kept from before either: it was asked anew
 */
export async function askConfirmations(
  key: string,
  now: number,
  input: Readable,
  output: Writable,
): Promise<Confirmations> {
  const lines = createInterface({ input, crlfDelay: Infinity });
  const answers = lines[Symbol.asyncIterator]();
  const confirmations: Confirmations = {};
  output.write("No endpoint of Binance's tells these three. Look, and then answer with yes or no.\n");
  for (const what of confirmables) {
    output.write(`${confirmable[what].question} `);
    const answer = await answers.next();
    const yes = answer.done !== true && /^\s*(y|yes)\s*$/i.test(answer.value);
    if (yes) {
      confirmations[what] = { on: day(now), key };
    } else {
      output.write(`Not confirmed. ${confirmable[what].remedy}\n`);
    }
  }
  lines.close();
  return confirmations;
}

/** Keeps them in the stack's settings, in plaintext: they tell nothing of the secret. */
export async function saveConfirmations(
  confirmations: Confirmations,
  stack: string | undefined,
): Promise<void> {
  await runPulumi(saveCommand(confirmations), stack, "The confirmations can't be kept.");
}

export function saveCommand(confirmations: Confirmations): string[] {
  return ["config", "set", "--plaintext", "confirmations", JSON.stringify(confirmations)];
}
