import type { SettingFinding } from "../../finding.ts";
import { botError, removePart } from "../finding.ts";
import { presets } from "../presets.ts";
import type { BotShape } from "../schema.ts";
import { type BotSettings, usesDemoKey } from "../settings.ts";

/** Checks that a bot in paper mode can't trade with real money, and has what it needs. */
export function checkMode(bot: BotSettings, shape: BotShape, isDemoKeySet: boolean): SettingFinding[] {
  if (bot.mode === "live") {
    return [];
  }
  return [
    ...checkDryRun(bot, shape),
    ...(bot.hasDryRun ? checkDatabase(bot) : []),
    ...(usesDemoKey(bot) && !isDemoKeySet ? [withoutDemoKey()] : []),
  ];
}

function withoutDemoKey(): SettingFinding {
  return botError(
    "mode",
    "is paper, but there is no demo key pair",
    "In paper mode, this bot trades at demo-api.binance.com. Create a key at https://demo.binance.com, and set it:",
    "pulumi config set --secret binance:demoApiKey && pulumi config set --secret binance:demoApiSecret",
  );
}

/** freqtrade reads the names of its variables without regard to case, and the last one in the alphabet counts. */
function checkDryRun(bot: BotSettings, { preset = "none", environment = {} }: BotShape): SettingFinding[] {
  const forced = Object.keys(presets[preset].dryRunEnvironment ?? {}).map(meaning);
  const parts = [
    ...Object.keys(environment).map((name) => ["environment", name] as const),
    // checkBotSecrets reports those with exactly the name of a variable.
    ...Object.keys(bot.secrets)
      .filter((name) => !(name in bot.environment))
      .map((name) => ["secrets", name] as const),
  ];
  return parts
    .filter(([, name]) => forced.includes(meaning(name)))
    .map(([part, name]) =>
      botError(
        `${part}.${name}`,
        "is set, but in paper mode the preset sets it",
        "A bot in paper mode must not trade with real money.",
        removePart(`${part}.${name}`),
      ),
    );
}

/** Live again, freqtrade would take the trades of a dry run in its database for real ones, and sell real coins. */
function checkDatabase({ environment, secrets, command }: BotSettings): SettingFinding[] {
  const problem = "but freqtrade keeps the trades of paper mode apart by itself";
  const explanation =
    "With the same database, the live bot would take the trades of paper mode for real ones. Remove it in paper mode.";
  const parts = [
    ...Object.keys(environment).map((name) => ["environment", name] as const),
    ...Object.keys(secrets).map((name) => ["secrets", name] as const),
  ];
  return [
    ...parts
      .filter(([, name]) => meaning(name) === "db_url")
      .map(([part, name]) =>
        botError(
          `${part}.${name}`,
          `names a database, ${problem}`,
          explanation,
          removePart(`${part}.${name}`),
        ),
      ),
    ...(command.some((arg) => /^--db-url(=|$)/.test(arg))
      ? [botError("command", `has --db-url, ${problem}`, explanation, removePart("command"))]
      : []),
  ];
}

function meaning(name: string): string {
  return name.startsWith("FREQTRADE__") ? name.replaceAll("FREQTRADE__", "").toLowerCase() : name;
}
