import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import type { DeployedBot } from "../../stack/deployed-bot.ts";
import type { ProgramFinding } from "./finding.ts";

const prefix = "{program}/";

/** The files of the program that the command names, and that aren't uploaded. */
export function checkCommandFiles(program: string, bot: DeployedBot | undefined): ProgramFinding[] {
  return (bot?.command ?? []).flatMap((arg, index): ProgramFinding[] => {
    const path = arg.slice(prefix.length);
    if (!arg.startsWith(prefix) || existsSync(join(program, path))) {
      return [];
    }
    if (path.startsWith(".venv/")) {
      return existsSync(join(program, "requirements.txt"))
        ? []
        : [
            {
              severity: "error",
              message: `bot.command names ${arg}, but there is no requirements.txt, from which the server makes .venv.`,
              remedy: "List the packages in requirements.txt, or start the bot with /usr/bin/python3.",
            },
          ];
    }
    return [
      {
        // A folder may be one that the bot can do without.
        severity: index === 0 || extname(path) !== "" ? "error" : "warning",
        message: `bot.command names ${arg}, which isn't among the files that are uploaded.`,
        remedy: "Name a file of the program. If git ignores this one, remove it from .gitignore.",
      },
    ];
  });
}
