import type { BotKey, Profile } from "./settings.ts";

/** How a bot of a known kind is started, and how it takes its key. What a person sets comes before it. */
export interface Preset {
  /** Empty where the kind of bot doesn't tell it. */
  command: string[];
  environment: Record<string, string>;
  /** Set only while a watchdog is on: it makes the bot say that it lives. */
  watchedEnvironment: Record<string, string>;
  key: BotKey;
  profile: Profile;
  /** 0 for a bot that can't say that it lives. */
  watchdogSeconds: number;
}

const unwatched = { environment: {}, watchedEnvironment: {}, watchdogSeconds: 0 };

export const presets: Record<"freqtrade" | "nautilus-trader" | "ccxt" | "none", Preset> = {
  // Its database and its data are in its user folder, the state; its strategies come with the program.
  freqtrade: {
    command: [
      "{program}/.venv/bin/freqtrade",
      "trade",
      "--config",
      "{program}/config.json",
      "--userdir",
      "{state}",
      "--strategy-path",
      "{program}/strategies",
    ],
    environment: {},
    watchedEnvironment: { FREQTRADE__INTERNALS__SD_NOTIFY: "true" },
    key: {
      kind: "environment",
      apiKey: "FREQTRADE__EXCHANGE__KEY",
      apiSecret: "FREQTRADE__EXCHANGE__SECRET",
    },
    profile: "strict",
    // It says so every few seconds (internals.process_throttle_secs), but not while it asks for many candles.
    watchdogSeconds: 300,
  },
  "nautilus-trader": {
    ...unwatched,
    command: ["{program}/.venv/bin/python", "{program}/main.py"],
    key: { kind: "environment", apiKey: "BINANCE_API_KEY", apiSecret: "BINANCE_API_SECRET" },
    profile: "strict",
  },
  // The names are those of ccxt's command line tool; a program of one's own reads them from its environment.
  ccxt: {
    ...unwatched,
    command: [],
    key: { kind: "environment", apiKey: "BINANCE_APIKEY", apiSecret: "BINANCE_SECRET" },
    profile: "jit",
  },
  none: { ...unwatched, command: [], key: { kind: "none" }, profile: "strict" },
};
