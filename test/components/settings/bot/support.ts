import { parseBot } from "../../../../components/settings/bot/bot.ts";
import type { BotSettings } from "../../../../components/settings/bot/settings.ts";

export const key = { environment: { apiKey: "BINANCE_API_KEY", apiSecret: "BINANCE_API_SECRET" } };

/** A bot as a person sets it. */
export const sound = { command: "/usr/bin/python3 {program}/bot.py", key };

/** The same bot, resolved. */
export const resolved: BotSettings = {
  command: ["/usr/bin/python3", "{program}/bot.py"],
  mode: "live",
  hasDryRun: false,
  workingDirectory: "{state}",
  environment: {},
  secrets: {},
  key: { kind: "environment", apiKey: "BINANCE_API_KEY", apiSecret: "BINANCE_API_SECRET" },
  profile: "strict",
  watchdogSeconds: 0,
  connectionMinutes: 0,
  mayEnd: false,
  executableTmp: false,
  packages: [],
  hosts: [],
  ui: undefined,
};

export function parse(
  bot: unknown,
  circumstances: Partial<Parameters<typeof parseBot>[1]> = {},
): ReturnType<typeof parseBot> {
  return parseBot(JSON.stringify(bot), {
    encrypted: [],
    keyPair: undefined,
    demoKeyPair: undefined,
    isDemoKeySet: circumstances.demoKeyPair !== undefined,
    ...circumstances,
  });
}

/** The bot that is made of these settings, which have no mistake. */
export function accepted(settings: unknown): BotSettings {
  const { bot, findings } = parse(settings);
  if (bot === undefined || findings.length > 0) {
    throw new Error(`The bot was not accepted: ${JSON.stringify(findings)}`);
  }
  return bot;
}
