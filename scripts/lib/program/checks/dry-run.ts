import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../../../binance/json.ts";
import type { DeployedBot } from "../../stack/deployed-bot.ts";
import type { ProgramFinding } from "./finding.ts";
import { configurationFiles, isFreqtrade } from "./freqtrade.ts";
import { withoutComments } from "./json-comments.ts";

const configuration = z.object({ dry_run: z.boolean() });

/**
 * Warns about a freqtrade bot that isn't in paper mode, and whose own configuration still says that it places no orders.
 * In paper mode, the preset sets the variable that overrides the configuration.
 */
export function checkDryRun(program: string, bot: DeployedBot | undefined): ProgramFinding[] {
  if (!isFreqtrade(bot) || Object.keys(bot.environment).some(isDryRun) || bot.command.includes("--dry-run")) {
    return [];
  }
  // A later file overrides an earlier one.
  const last = configurationFiles(bot.command)
    .map((file) => ({ file, dryRun: readDryRun(join(program, file)) }))
    .findLast(({ dryRun }) => dryRun !== undefined);
  if (last?.dryRun !== true) {
    return [];
  }
  return [
    {
      severity: "warning",
      message: `${last.file}: "dry_run" is true, so freqtrade doesn't trade with real money, although the bot isn't in paper mode. To trade, set it to false, or: pulumi config set --path bot.environment.FREQTRADE__DRY_RUN false`,
    },
  ];
}

/** freqtrade reads the names of its variables without regard to case. */
function isDryRun(name: string): boolean {
  return name.toUpperCase() === "FREQTRADE__DRY_RUN";
}

function readDryRun(path: string): boolean | undefined {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return configuration.safeParse(parseJson(withoutComments(text))).data?.dry_run;
}
