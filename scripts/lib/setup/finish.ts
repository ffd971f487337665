import { overall } from "../../../checklist/finding.ts";
import type { Style } from "../report/style.ts";
import { verificationTable } from "../report/verification-table.ts";
import { readStackSettings } from "../stack/settings.ts";
import { lookAtAll } from "../status/all-stacks.ts";
import type { Notice } from "../status/notices.ts";
import { statusTable } from "../status/table.ts";
import { verify } from "../verification/verify.ts";
import type { Say } from "./answers.ts";
import { type BotMode, wantedMode } from "./progress.ts";
import { StillMissing } from "./prompts.ts";
import type { StackInSetup } from "./stack.ts";

/**
 * Shows what the key may do, and how server and bot are.
 *
 * @throws StillMissing if the key fails a check, or the bot doesn't run
 */
export async function finish(stack: StackInSetup, say: Say, style: Style): Promise<void> {
  const { keyPair } = await stack.progress(false);
  if (keyPair !== undefined) {
    const verification = await verify(await stack.serverOutputs(), await readStackSettings(stack.stack));
    say(`\n${verificationTable(verification, style)}`);
    if (overall(verification.findings.map(({ verdict }) => verdict)) === "fail") {
      throw new StillMissing("A check of the key failed: the table says what to do. Then: npm run setup");
    }
  }
  const looked = await lookAtAll([{ name: stack.name, stack: stack.stack }]);
  looked.forEach((one) => {
    say(statusTable(one, new Date(), style));
  });
  const problem = looked.flatMap(({ notices }) => notices).find(({ kind }) => kind === "problem");
  if (problem !== undefined) {
    throw new StillMissing(missingText(problem));
  }
  say(lastWords(wantedMode((await stack.values()).bot), keyPair !== undefined));
}

function missingText({ text, command }: Notice): string {
  return ["One thing is missing:", text, ...(command === undefined ? [] : [`  ${command}`])].join("\n");
}

/** What the owner has now, and what is worth doing next. */
export function lastWords(mode: BotMode, hasKey: boolean): string {
  const kit = "Keep a recovery kit offline: npm run recovery-kit > kit.txt";
  const confirm = "Confirm the points that Binance's API doesn't report: npm run verify -- --confirm";
  switch (mode) {
    case "live":
      return ["The key is verified, and the bot runs with it.", confirm, kit].join("\n");
    case "paper":
      return [
        "The bot runs in paper mode: it doesn't trade with real money.",
        "When it should: pulumi config rm --path bot.mode, and then npm run setup",
        ...(hasKey ? [confirm] : []),
        kit,
      ].join("\n");
    case "none":
      return [
        "The key is verified, and it is on the server, encrypted. No bot is set yet.",
        "docs/bots.md has the settings of each bot. Then: npm run setup",
        confirm,
      ].join("\n");
  }
}
