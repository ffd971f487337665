import type { SettingFinding } from "../finding.ts";
import { botError, botWarning } from "./finding.ts";

const example = `"{program}/.venv/bin/python {program}/main.py"`;

/** What only a shell understands, where a word of a command is nothing else. */
const shellOperator = /^(\|\|?|&&?|;|\d?>>?(&\d)?|<<?<?)$/;

/**
 * Checks the command that becomes the bot.
 *
 * @param typed whether a person typed it as one text, so that a shell may have been expected
 */
export function examineCommand(
  command: string[],
  workingDirectory: string,
  typed: boolean,
): SettingFinding[] {
  if (command.length === 0) {
    return [];
  }
  const refuse = (problem: string, explanation: string) => [
    botError("command", problem, explanation, example),
  ];
  const [program = "", first] = command;
  if (/^\w+=/.test(program)) {
    return refuse(
      `starts by setting the variable ${program.split("=")[0] ?? ""}`,
      "No shell reads the command. Set the variable by its own part: pulumi config set --path bot.environment.NAME VALUE",
    );
  }
  if (/^\{(state|keyFile|credential)\}/.test(program)) {
    return refuse(
      "names a program in a place that the bot can write to",
      "What the bot can write it can't run, so that nobody can make it run something else. Programs lie below {program}.",
    );
  }
  if (!/^(\/|\{program\}\/)./.test(program)) {
    return refuse(
      `starts with ${JSON.stringify(program)}, which is no absolute path`,
      `Nothing is searched for it. Write the whole path, like /usr/bin/python3, or ${JSON.stringify(`{program}/${program || "bot"}`)} for what you install.`,
    );
  }
  const operator = typed ? command.find((word) => shellOperator.test(word)) : undefined;
  if (operator !== undefined) {
    return refuse(
      `holds ${JSON.stringify(operator)}, but no shell reads it`,
      "Put the steps into a script of your program and name that, or set the command as a list to hand it over as it is.",
    );
  }
  if (
    first !== undefined &&
    workingDirectory === "{state}" &&
    /^[\w.][\w./-]*\.(py|[cm]?js|ts|jar|dll)$/.test(first)
  ) {
    return [
      botWarning(
        "command",
        `names ${JSON.stringify(first)}, which is looked for in the bot's state and not in its program`,
        "The bot starts in {state}. A file that you install is below {program}.",
        `"${program} {program}/${first}"`,
      ),
    ];
  }
  return [];
}

/** Checks the folder that the bot starts in. */
export function examineFolder(workingDirectory: string): SettingFinding[] {
  if (/^(\/|\{(program|state)\}(\/|$))/.test(workingDirectory)) {
    return [];
  }
  return [
    botError(
      "workingDirectory",
      "is no absolute path",
      "It starts with {state}, which the bot may write to, with {program}, or with a slash.",
      "{state}",
    ),
  ];
}
