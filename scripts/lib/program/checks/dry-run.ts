import type { DeployedBot } from "../../stack/deployed-bot.ts";
import type { ProgramFinding } from "./finding.ts";
import { isFreqtrade } from "./freqtrade.ts";
import { readConfiguration } from "./freqtrade-configuration.ts";

/**
 * Warns about a freqtrade bot that isn't in paper mode, and whose own configuration still says that it places no orders.
 * In paper mode, the preset sets the variable that overrides the configuration.
 */
export function checkDryRun(program: string, bot: DeployedBot | undefined): ProgramFinding[] {
  if (!isFreqtrade(bot) || Object.keys(bot.environment).some(isDryRun) || bot.command.includes("--dry-run")) {
    return [];
  }
  const { merged, fileOf } = readConfiguration(program, bot.command);
  if (merged.dry_run !== true) {
    return [];
  }
  return [
    {
      severity: "warning",
      message: `${fileOf("dry_run") ?? ""}: "dry_run" is true, so freqtrade doesn't trade with real money, although the bot isn't in paper mode. To trade, set it to false, or: pulumi config set --path bot.environment.FREQTRADE__DRY_RUN false`,
    },
  ];
}

/** freqtrade reads the names of its variables without regard to case. */
function isDryRun(name: string): boolean {
  return name.toUpperCase() === "FREQTRADE__DRY_RUN";
}
