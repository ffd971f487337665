import type { DeployedBot } from "../../stack/deployed-bot.ts";
import { checkBinary } from "./binary.ts";
import { checkCommandFiles } from "./command-files.ts";
import { checkDryRun } from "./dry-run.ts";
import type { ProgramFinding } from "./finding.ts";
import { checkFreqtrade } from "./freqtrade.ts";
import { checkPython } from "./python.ts";
import { checkRuntime } from "./runtime.ts";

/**
 * What of a program doesn't work on the server with the settings of its stack.
 *
 * @param bot undefined if no bot is installed, or an older version has installed it
 * @param machine what `uname --machine` prints on the server
 */
export function checkProgram(
  program: string,
  bot: DeployedBot | undefined,
  machine: string,
): ProgramFinding[] {
  return [
    ...checkRuntime(bot),
    ...checkCommandFiles(program, bot),
    ...checkPython(program, bot),
    ...checkBinary(program, bot, machine),
    ...checkFreqtrade(program, bot),
    ...checkDryRun(program, bot),
  ];
}
