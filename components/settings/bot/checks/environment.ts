import type { SettingFinding } from "../../finding.ts";
import { botError, botWarning, removePart, setPart } from "../finding.ts";
import type { BotKey } from "../settings.ts";
import { nameProblem, soundsSecret } from "../variable-names.ts";

/** Checks the bot's environment variables, and the names of those that contain its key. */
export function checkEnvironment(environment: Record<string, string>, key: BotKey): SettingFinding[] {
  const keyNames = keyVariables(key);
  return [
    ...keyNames.flatMap(({ part, name }) => checkName(part, name)),
    ...Object.entries(environment).flatMap(([name, value]) => {
      const part = `environment.${name}`;
      const error = (problem: string, explanation: string) => [
        botError(part, problem, explanation, removePart(part)),
      ];
      const keyPart = keyNames.find((variable) => variable.name === name)?.part;
      if (keyPart !== undefined) {
        return error(`is set, but bot.${keyPart} puts the key there`, "A variable has only one value.");
      }
      if (value.includes("\0")) {
        return error("contains a zero byte", "The value of a variable can't contain one.");
      }
      return [...checkName(part, name, removePart(part)), ...checkSecrecy(part, name, value)];
    }),
  ];
}

/** The variables by which the bot gets its key, with the part of `bot` that names each. */
export function keyVariables(key: BotKey): { part: string; name: string }[] {
  if (key.kind === "path") {
    return [{ part: "key.path", name: key.variable }];
  }
  if (key.kind !== "environment") {
    return [];
  }
  return [
    { part: "key.environment.apiKey", name: key.apiKey },
    { part: "key.environment.apiSecret", name: key.apiSecret },
  ];
}

function checkName(part: string, name: string, command?: string): SettingFinding[] {
  const found = nameProblem(name);
  return found === undefined ? [] : [botError(part, found.problem, found.explanation, command)];
}

/** A warning, because a stack that runs may have such a variable. A number, a switch or a path is not a secret. */
function checkSecrecy(part: string, name: string, value: string): SettingFinding[] {
  if (!soundsSecret(name) || /^(true|false|\d{0,3}|[/{].*)$/.test(value)) {
    return [];
  }
  return [
    botWarning(
      part,
      "sounds like a secret, but every user of the server can read it",
      "Set it as bot.secrets.NAME instead: it is then stored encrypted, and only the bot gets it.",
      `${removePart(part)} && ${setPart(`secrets.${name}`, "VALUE")}`,
    ),
  ];
}
