import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { dateOf } from "../../../checklist/rules/calendar.ts";
import { type Confirmable, confirmable, type Confirmations } from "../../../checklist/rules/confirmations.ts";
import { runPulumi } from "../stack/pulumi-cli.ts";

/**
 * Asks a person to confirm what Binance's API doesn't report. Only a plain yes counts; the end of the input counts as no.
 *
 * @param points what is asked
 * @param about the API key's fingerprint, which is stored with each answer, and the addresses of a stack that has two
 * @param now in ms
 * @returns what was confirmed now. Earlier confirmations are not kept
 */
export async function askConfirmations(
  points: readonly Confirmable[],
  { key, addresses }: { key: string; addresses: string[] },
  now: number,
  input: Readable,
  output: Writable,
): Promise<Confirmations> {
  const lines = createInterface({ input, crlfDelay: Infinity });
  const answers = lines[Symbol.asyncIterator]();
  const confirmations: Confirmations = {};
  if (addresses.length > 0) {
    output.write(`The addresses of the stack: ${addresses.join(" and ")}.\n`);
  }
  output.write(
    `Binance's API doesn't report these ${points.length} points. Check each one, and answer yes or no.\n`,
  );
  for (const what of points) {
    output.write(`${confirmable[what].question} `);
    const answer = await answers.next();
    const yes = answer.done !== true && /^\s*(y|yes)\s*$/i.test(answer.value);
    if (yes) {
      const given = { on: dateOf(now), key };
      if (what === "standbyAddress") {
        confirmations.standbyAddress = { ...given, addresses };
      } else {
        confirmations[what] = given;
      }
    } else {
      output.write(`Not confirmed. ${confirmable[what].remedy}\n`);
    }
  }
  lines.close();
  return confirmations;
}

/** Saves them in the stack's settings, in plain text, because they reveal nothing of the secret. */
export async function saveConfirmations(
  confirmations: Confirmations,
  stack: string | undefined,
): Promise<void> {
  const args = ["config", "set", "--plaintext", "confirmations", JSON.stringify(confirmations)];
  await runPulumi(args, stack, "The confirmations could not be saved.");
}
