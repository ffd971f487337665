import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";

/** A bot that `npm run setup` offers. Every other one is set as docs/bots.md says. */
interface OfferedBot {
  label: string;
  hint: string;
  /** Parts of the setting `bot`, by their paths. None is secret. */
  settings: Record<string, string>;
  /** Its program, if it is an example of ours. */
  program?: string;
  /** The folder that is suggested for its program. */
  suggestion?: string;
}

export const botNames = ["example", "freqtrade-paper", "freqtrade", "nautilus-trader", "later"] as const;
export type BotName = (typeof botNames)[number];

export const bots: Record<BotName, OfferedBot> = {
  example: {
    label: "The example bot",
    hint: "sends test orders, which buy nothing, so you see that everything works",
    settings: {
      "bot.command": "/usr/bin/python3 {program}/bot.py",
      "bot.key.environment.apiKey": "BINANCE_API_KEY",
      "bot.key.environment.apiSecret": "BINANCE_API_SECRET",
    },
    program: "examples/test-order-bot",
  },
  "freqtrade-paper": {
    label: "freqtrade in paper mode",
    hint: "no real money, and no key at Binance",
    settings: { "bot.preset": "freqtrade", "bot.mode": "paper" },
    suggestion: "examples/freqtrade",
  },
  freqtrade: {
    label: "freqtrade with real money",
    hint: "its strategy is in your folder",
    settings: { "bot.preset": "freqtrade" },
  },
  "nautilus-trader": {
    label: "NautilusTrader with real money",
    hint: "needs an Ed25519 key: docs/bots/nautilus-trader.md",
    settings: { "bot.preset": "nautilus-trader" },
  },
  later: {
    label: "Another one, or later",
    hint: "docs/bots.md has the settings of each bot; then run this again",
    settings: {},
  },
};

const botSetting = z.record(z.string(), z.unknown());

/** The program of a bot that the settings have, and the folder that is suggested for it. */
export function programOf(setting: string | undefined): Pick<OfferedBot, "program" | "suggestion"> {
  const parts = botSetting.catch({}).parse(parseJson(setting ?? ""));
  return parts.preset === "freqtrade" && parts.mode === "paper"
    ? bots["freqtrade-paper"]
    : parts.command === bots.example.settings["bot.command"]
      ? bots.example
      : {};
}

/** Whether the bot signs with Ed25519 keys only. */
export function needsEd25519(setting: string | undefined): boolean {
  return botSetting.catch({}).parse(parseJson(setting ?? "")).preset === "nautilus-trader";
}
