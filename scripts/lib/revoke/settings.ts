import { uninterrupted } from "../process/uninterrupted.ts";
import { runPulumi } from "../stack/pulumi-cli.ts";
import { readValues } from "../stack/settings.ts";

const names = ["binance:apiKey", "binance:apiSecret", "binance:publicKey"] as const;

/**
 * Removes the key pair from the stack's settings, and checks that it is gone.
 *
 * @returns the settings that are still there, because they come from elsewhere, such as a Pulumi environment
 * @throws UserError if the settings can't be changed
 */
export function removeKeyPair(stack: string | undefined): Promise<string[]> {
  return uninterrupted(async () => {
    for (const name of await present(stack)) {
      await runPulumi(["config", "rm", name], stack, "The key pair could not be removed from the settings.");
    }
    return present(stack);
  });
}

async function present(stack: string | undefined): Promise<string[]> {
  const values = await readValues(stack);
  return names.filter((name) => values[name] !== undefined);
}
