import type { SettingFinding } from "../../finding.ts";
import { botError } from "../finding.ts";
import type { BotKey } from "../settings.ts";

/** Variables by which systemd and the launcher inform the bot about its own service and its watchdog. */
const reserved =
  /^(NOTIFY_SOCKET|WATCHDOG_(USEC|PID)|LISTEN_\w+|(CREDENTIALS|STATE|RUNTIME)_DIRECTORY|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_\w+|MAINPID)$/;

const validName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Checks the bot's environment variables, and the names of those that contain its key. */
export function checkEnvironment(environment: Record<string, string>, key: BotKey): SettingFinding[] {
  const keyNames = keyVariables(key);
  return [
    ...keyNames.flatMap(({ part, name, example }) => checkName(part, name, example)),
    ...Object.entries(environment).flatMap(([name, value]) => {
      const part = `environment.${name}`;
      const error = (problem: string, explanation: string) => [
        botError(part, problem, explanation, undefined),
      ];
      const keyPart = keyNames.find((variable) => variable.name === name)?.part;
      if (keyPart !== undefined) {
        return error(`is set, but bot.${keyPart} puts the key there`, "A variable has only one value.");
      }
      if (value.includes("\0")) {
        return error("contains a zero byte", "The value of a variable can't contain one.");
      }
      return checkName(part, name, undefined);
    }),
  ];
}

/** The variables by which the bot gets its key, with the part of `bot` that names each. */
function keyVariables(key: BotKey): { part: string; name: string; example: string }[] {
  if (key.kind === "path") {
    return [{ part: "key.path", name: key.variable, example: "BINANCE_KEY_FILE" }];
  }
  if (key.kind !== "environment") {
    return [];
  }
  return [
    { part: "key.environment.apiKey", name: key.apiKey, example: "BINANCE_API_KEY" },
    { part: "key.environment.apiSecret", name: key.apiSecret, example: "BINANCE_API_SECRET" },
  ];
}

/** @param instead what the command sets the part to; undefined removes it */
function checkName(part: string, name: string, instead: string | undefined): SettingFinding[] {
  if (reserved.test(name)) {
    return [
      botError(
        part,
        `is the variable ${name}, which belongs to systemd`,
        "Overriding it would give the bot wrong information about its own service.",
        instead,
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
      instead,
    ),
  ];
}
