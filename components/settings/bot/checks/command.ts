import { basename } from "node:path";
import { quoteForShell } from "../../../../checklist/shell.ts";
import type { SettingFinding } from "../../finding.ts";
import { botError, botWarning, setPart } from "../finding.ts";
import { placeholders } from "../placeholders.ts";

/** Arguments that only a shell understands. */
const shellOperator = /^(\|\|?|&&?|;|\d?>>?(&\d)?|<<?<?)$/;

/** Placeholders of paths that the bot can write to, or that contain its key. */
const notAProgram = placeholders.filter((name) => name !== "program").map((name) => `{${name}}`);

/**
 * Checks the command that starts the bot.
 *
 * @param typed whether the user typed it as one string, and so may have expected a shell
 */
export function checkCommand(command: string[], workingDirectory: string, typed: boolean): SettingFinding[] {
  const [program, first] = command;
  if (program === undefined) {
    return [];
  }
  const error = (problem: string, explanation: string) => [botError("command", problem, explanation)];
  const [, variable] = /^(\w+)=/.exec(program) ?? [];
  if (variable !== undefined) {
    return error(
      `starts by setting the variable ${variable}`,
      "The command is not run by a shell. Set the variable with: pulumi config set --path bot.environment.NAME VALUE",
    );
  }
  if (notAProgram.some((placeholder) => program.startsWith(placeholder))) {
    return error(
      "starts a program that the bot could write to",
      "The bot can't run a file that it can write, so that an attacker can't plant a program. Programs are below {program}.",
    );
  }
  if (!/^(\/|\{program\}\/)./.test(program)) {
    const below = JSON.stringify(`{program}/${program || "bot"}`);
    return error(
      `starts with ${JSON.stringify(program)}, which is not an absolute path`,
      `PATH is not searched. Write the whole path, such as /usr/bin/python3, or ${below} for a file that you install.`,
    );
  }
  const operator = typed ? command.find((arg) => shellOperator.test(arg)) : undefined;
  if (operator !== undefined) {
    return error(
      `contains ${JSON.stringify(operator)}, but it is not run by a shell`,
      "Put the steps into a script of your program and run that. If you mean it literally, set the command as a list.",
    );
  }
  const warnings: SettingFinding[] = [];
  if (first !== undefined && workingDirectory === "{state}" && looksLikeProgramFile(first)) {
    warnings.push(
      botWarning(
        "command",
        `contains ${JSON.stringify(first)}, a path in the bot's state and not in its program`,
        "The bot starts in {state}. A file that you install is below {program}.",
        setPart("command", quoteForShell(`${program} {program}/${first}`)),
      ),
    );
  }
  const runtime = runtimes.find(({ program: name }) => command.some((arg) => name.test(basename(arg))));
  if (runtime !== undefined && workingDirectory.startsWith("{state}")) {
    warnings.push(
      botWarning(
        "command",
        `starts ${runtime.name} in a folder that the bot can write to`,
        `${runtime.name} ${runtime.reads} So a bot that was tampered with could leave code there for its clean successor.`,
        setPart("workingDirectory", "{program}"),
      ),
    );
  }
  return warnings;
}

const importsModules = "imports Python modules from the folder in which it starts.";

/** Programs that run code from the folder in which they start, whatever the bot's own command says. */
const runtimes = [
  {
    name: "Bun",
    program: /^bunx?$/,
    reads:
      "reads bunfig.toml and .env from the folder in which it starts, and bunfig.toml can name code to run first.",
  },
  { name: "R", program: /^R(script)?$/, reads: "runs .Rprofile from the folder in which it starts." },
  {
    name: "Octave",
    program: /^octave(-cli|-gui)?$/,
    reads: "runs .octaverc from the folder in which it starts.",
  },
  {
    name: "Lua",
    program: /^lua(jit)?[\d.]*$/,
    reads: "looks for modules in the folder in which it starts.",
  },
  ...["gunicorn", "uvicorn", "hypercorn", "celery", "flask"].map((name) => ({
    name,
    program: new RegExp(`^${name}$`),
    reads: importsModules,
  })),
];

function looksLikeProgramFile(path: string): boolean {
  return /^[\w.][\w./-]*\.(py|[cm]?js|ts|jar|dll)$/.test(path);
}

/** Checks the folder in which the bot starts. */
export function checkWorkingDirectory(workingDirectory: string): SettingFinding[] {
  if (/^(\/|\{(program|state)\}(\/|$))/.test(workingDirectory)) {
    return [];
  }
  return [
    botError(
      "workingDirectory",
      "is not an absolute path",
      "It must start with {state}, which the bot can write to, with {program}, or with a slash.",
    ),
  ];
}
