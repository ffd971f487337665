import type { SettingFinding } from "../../finding.ts";
import { botError, removePart } from "../finding.ts";
import type { BotKey } from "../settings.ts";

/** Variables by which systemd and the launcher inform the bot about its own service and its watchdog. */
const reserved =
  /^(NOTIFY_SOCKET|WATCHDOG_(USEC|PID)|LISTEN_\w+|(CREDENTIALS|STATE|RUNTIME)_DIRECTORY|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_\w+|MAINPID)$/;

const validName = /^[A-Za-z_][A-Za-z0-9_]*$/;

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
      return checkName(part, name, removePart(part));
    }),
  ];
}

/** The variables by which the bot gets its key, with the part of `bot` that names each. */
function keyVariables(key: BotKey): { part: string; name: string }[] {
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
  if (reserved.test(name)) {
    return [
      botError(
        part,
        `is the variable ${name}, which belongs to systemd`,
        "Overriding it would give the bot wrong information about its own service.",
        command,
      ),
    ];
  }
  if (validName.test(name)) {
    return [];
  }
  return [
    botError(
      part,
      "is not a valid name of a variable",
      "A name has letters, digits and _ only, and doesn't start with a digit.",
      command,
    ),
  ];
}
