import { type ConfiguredKeyPair, isMade } from "../../../../binance/key-pair.ts";
import type { SettingFinding } from "../../finding.ts";
import { botError, botWarning, setPart } from "../finding.ts";
import { secretsIn, uses } from "../placeholders.ts";
import type { BotKey, BotSettings } from "../settings.ts";

/** Checks how the bot gets its key. The names of variables are checked with the environment. */
export function checkKey(bot: BotSettings, pair: ConfiguredKeyPair | undefined): SettingFinding[] {
  const { key } = bot;
  if (key.kind === "environment" && key.apiKey === key.apiSecret) {
    return [
      botError(
        "key.environment.apiSecret",
        "is the same variable as apiKey",
        "Each of the two values needs its own variable.",
      ),
    ];
  }
  if (key.kind !== "file") {
    return [];
  }
  return [
    ...checkName(key.name),
    ...checkTemplate(key, Object.keys(bot.secrets)),
    ...(key.format === "text" ? checkTextFormat(pair) : []),
    ...checkUse(bot),
  ];
}

function checkName(name: string): SettingFinding[] {
  if (/^\w[\w.-]{0,99}$/.test(name)) {
    return [];
  }
  return [
    botError(
      "key.file.name",
      "is not a plain file name",
      "The file is made in memory, in the bot's own folder. {keyFile} is replaced by its whole path.",
    ),
  ];
}

function checkTemplate(
  { template, format }: Extract<BotKey, { kind: "file" }>,
  secrets: readonly string[],
): SettingFinding[] {
  const error = (problem: string, explanation: string) => [
    botError("key.file.template", problem, explanation),
  ];
  const missing = ["{apiKey}", "{apiSecret}"].filter((placeholder) => !template.includes(placeholder));
  if (missing.length > 0) {
    return error(
      `doesn't contain ${missing.join(" and ")}`,
      "The two are replaced by the key and the secret.",
    );
  }
  const unknown = secretsIn(template).find((name) => !secrets.includes(name));
  if (unknown !== undefined) {
    return error(
      `contains {secret:${unknown}}, but bot.secrets has no such name`,
      `Each secret in the file is one of bot.secrets: ${setPart(`secrets.${unknown || "NAME"}`, "VALUE")}`,
    );
  }
  if (format === "json" && !isJson(template.replaceAll(/\{(apiKey|apiSecret|secret:\w+)\}/g, "x"))) {
    return error(
      "is not JSON after the pair is filled in",
      `Put quotes around the placeholders: "{apiKey}". For a file that isn't JSON: pulumi config set --path bot.key.file.format text`,
    );
  }
  return [];
}

function checkTextFormat(pair: ConfiguredKeyPair | undefined): SettingFinding[] {
  if (pair === undefined || !(isMade(pair) || pair.apiSecret.includes("\n"))) {
    return [];
  }
  return [
    botWarning(
      "key.file.format",
      "is text, but your secret has several lines",
      "The line breaks of a private key are put into the file, and few formats can read that. JSON escapes them.",
    ),
  ];
}

function checkUse(bot: BotSettings): SettingFinding[] {
  if (uses(bot, "keyFile") || bot.command.length === 0) {
    return [];
  }
  return [
    botWarning(
      "key.file",
      "creates a file, but its path is never passed to the bot",
      "Put {keyFile} into bot.command, or into a variable, such as:",
      setPart("environment.KEY_FILE", "{keyFile}"),
    ),
  ];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
