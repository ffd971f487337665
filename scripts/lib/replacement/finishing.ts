import { exitCode, overall } from "../../../checklist/finding.ts";
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import { styleFor } from "../report/style.ts";
import { verificationTable } from "../report/verification-table.ts";
import type { StackOutputs } from "../stack/outputs.ts";
import { readSetting, readStackSettings } from "../stack/settings.ts";
import { verify } from "../verification/verify.ts";
import { type Journal, removeJournal } from "./journal.ts";
import { texts } from "./kind.ts";
import { type Replacement, report } from "./replacement.ts";
import { releaseBot } from "./saving.ts";

/**
 * Checks the key, and starts the bot whatever the result is: on the server, the guard checks the key before each start,
 * and decides.
 *
 * @returns the exit code
 */
export async function finish(
  { kind, stack, folder }: Replacement,
  { withoutState, savedState }: Journal,
  outputs: StackOutputs,
): Promise<number> {
  const checked = outputs.liveKeyPair === "none" ? 0 : await checkKey(stack, outputs);
  const started = await releaseBot(outputs);
  if (started === 255) {
    throw new UserError(`The bot was not started yet. To continue: npm run ${kind}`);
  }
  removeJournal(folder);
  process.stdout.write(
    withoutState
      ? forStack(
          `${texts[kind].done}, without the bot's state. Install the bot's program: npm run install-bot -- FOLDER\n`,
          stack,
        )
      : `${texts[kind].done}. The saved state is still in ${savedState?.file ?? folder}. It may hold secrets of the bot. Delete it when the bot works as before.\n`,
  );
  if (outputs.liveKeyPair === "none" && (await readSetting(stack, "binance:publicKey")) !== undefined) {
    process.stdout.write(
      forStack("The server has no key now, so the bot stays off. Make a new key: npm run make-key\n", stack),
    );
    return 1;
  }
  return Math.max(checked, started);
}

/** @returns 1 if a check failed. What could not be checked is shown, and doesn't keep the bot from starting */
async function checkKey(stack: string | undefined, outputs: StackOutputs): Promise<number> {
  report("Checking the key: npm run verify");
  try {
    const verification = await verify(outputs, await readStackSettings(stack));
    process.stdout.write(verificationTable(verification, styleFor(process.stdout)));
    return exitCode(overall(verification.findings.map(({ verdict }) => verdict))) === 1 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    report(forStack(`The key could not be checked. ${error.message}`, stack));
    return 0;
  }
}
