import type { SettingFinding } from "../finding.ts";
import { botError } from "./finding.ts";
import type { BotKey } from "./settings.ts";

/** What systemd and the launcher tell the bot; another value would lie to it, or break its watchdog. */
const reserved =
  /^(NOTIFY_SOCKET|WATCHDOG_(USEC|PID)|LISTEN_\w+|(CREDENTIALS|STATE|RUNTIME)_DIRECTORY|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_\w+|MAINPID)$/;

const validName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The variables by which the bot learns its key, with the part of `bot` that names each. */
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

/** Checks the names of all variables that the bot is given, the key's among them, and what they hold. */
export function examineEnvironment(environment: Record<string, string>, key: BotKey): SettingFinding[] {
  const taken = new Map(keyVariables(key).map(({ part, name }) => [name, part]));
  return [
    ...keyVariables(key).flatMap(({ part, name }) => examineName(part, name, "BINANCE_API_KEY")),
    ...Object.entries(environment).flatMap(([name, value]) => {
      const part = `environment.${name}`;
      const keyPart = taken.get(name);
      if (keyPart !== undefined) {
        return [
          botError(
            part,
            `is set, but bot.${keyPart} puts the key there`,
            "A variable has one value.",
            undefined,
          ),
        ];
      }
      if (value.includes("\0")) {
        return [botError(part, "holds a zero byte", "No variable can hold one.", undefined)];
      }
      return examineName(part, name, undefined);
    }),
  ];
}

function examineName(part: string, name: string, instead: string | undefined): SettingFinding[] {
  if (reserved.test(name)) {
    return [
      botError(
        part,
        `is the variable ${name}, which belongs to systemd`,
        "The bot would be told something else than what is so.",
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
      "has no name for a variable",
      "It is made of letters, digits and _, and doesn't start with a digit.",
      instead,
    ),
  ];
}
