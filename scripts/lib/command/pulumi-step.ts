import { text } from "node:stream/consumers";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { runMain } from "./main.ts";
import { UserError } from "./user-error.ts";

/**
 * Runs a script that `pulumi up` starts and no person does: it takes no options, and reads one line of JSON from
 * standard input, because that may hold secrets. components/commands/operator-script.ts is the other side.
 */
export async function pulumiStep<T>(
  expected: z.ZodType<T>,
  run: (input: T) => Promise<number>,
): Promise<void> {
  await runMain(async () => run(parseInput(expected, await text(process.stdin))));
}

/** @throws UserError that names the wrong fields and shows none of their values */
function parseInput<T>(expected: z.ZodType<T>, input: string): T {
  const result = expected.safeParse(parseJson(input));
  if (result.success) {
    return result.data;
  }
  const names = [...new Set(result.error.issues.map(({ path }) => path.join(".")))].filter(Boolean);
  throw new UserError(
    names.length === 0
      ? "Standard input must be one line of JSON."
      : `Invalid values on standard input: ${names.join(", ")}.`,
  );
}
