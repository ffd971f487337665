import type { SettingFinding } from "../../finding.ts";
import { botError, botWarning, removePart } from "../finding.ts";
import type { BotSettings } from "../settings.ts";
import { secretNameProblem } from "../variable-names.ts";
import { keyVariables } from "./environment.ts";
import { looksLikeBinanceKey } from "./secrets.ts";

/**
 * Checks the bot's other secrets. No message shows any part of one.
 *
 * @param configured the variables of bot.environment, without those of the preset
 */
export function checkBotSecrets(
  { secrets, environment, key, command }: BotSettings,
  configured: Record<string, string> = environment,
): SettingFinding[] {
  const names = Object.keys(secrets);
  if (names.length > 0 && command.length === 0) {
    return [
      botWarning(
        "secrets",
        "is set, but no bot runs that could get the secrets",
        "They are not written to the server. Set bot.command, or remove them.",
        removePart("secrets"),
      ),
    ];
  }
  const keyNames = keyVariables(key).map(({ name }) => name);
  return Object.entries(secrets).flatMap(([name, value]) => {
    const part = `secrets.${name}`;
    const error = (problem: string, explanation: string, remedy: string) => [
      botError(part, problem, explanation, remedy),
    ];
    const found = secretNameProblem(name);
    if (found !== undefined) {
      return error(found.problem, found.explanation, removePart(part));
    }
    if (keyNames.includes(name)) {
      return error(
        "is set, but bot.key puts the key there",
        "A variable has only one value.",
        removePart(part),
      );
    }
    if (name in environment && !(name in configured)) {
      return error(
        "is set, but the preset sets this variable",
        "A variable has only one value.",
        removePart(part),
      );
    }
    if (name in environment) {
      return error(
        `is set, and so is bot.environment.${name}`,
        "A variable has only one value.",
        removePart(`environment.${name}`),
      );
    }
    return checkValue(part, value);
  });
}

function checkValue(part: string, value: string): SettingFinding[] {
  if (value.trim() === "") {
    return [botError(part, "is empty", "Remove it, or set it again. Pulumi asks for the value at a prompt.")];
  }
  if (value.includes("\0")) {
    return [botError(part, "contains a zero byte", "The value of a variable can't contain one.")];
  }
  if (looksLikeBinanceKey(value)) {
    return [
      botWarning(
        part,
        "looks like a key or a secret of Binance",
        "The guard doesn't check such a key, and can't protect your money. The bot gets its key by bot.key.",
        "pulumi config set --secret binance:apiSecret",
      ),
    ];
  }
  if (value.trim() !== value) {
    return [
      botWarning(
        part,
        "has white space or a line break around it",
        "The bot gets it as it is. If that is a mistake, set it again:",
      ),
    ];
  }
  return [];
}
