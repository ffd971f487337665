import { basename } from "node:path";
import type { DeployedBot } from "../../stack/deployed-bot.ts";
import type { ProgramFinding } from "./finding.ts";

/** Programs that compile code while they run, by their file names. */
const runtimes = /^(node|nodejs|java|dotnet|bun|deno|pypy3?(\.\d+)*)$/;

/** Whether the command starts a runtime that the profile ends at once. */
export function checkRuntime(bot: DeployedBot | undefined): ProgramFinding[] {
  const name = basename(bot?.command[0] ?? "");
  return bot?.profile === "strict" && runtimes.test(name)
    ? [
        {
          severity: "error",
          message: `bot.command starts ${name}, which compiles code while it runs. The profile strict forbids that.`,
          settings: { profile: "jit" },
        },
      ]
    : [];
}
