import type { KeyType } from "../../../binance/signing.ts";
import type { PresetName, Profile } from "./schema.ts";
import type { BotKey } from "./settings.ts";

/** How a known kind of bot is started, and how it gets its key. Parts that the user sets take precedence. */
export interface Preset {
  /** Empty if the user has to set it. */
  command: string[];
  /** Set only if the user has set no command, which it belongs to. */
  commandEnvironment?: Record<string, string>;
  /** Set only while the watchdog is on: it makes the bot send keep-alives. */
  watchdogEnvironment: Record<string, string>;
  key: BotKey;
  /**
   * Set in paper mode, before all that the user sets: it makes the bot trade by itself, without an exchange's account.
   * Undefined for a bot that needs a demo key then.
   */
  dryRunEnvironment?: Record<string, string>;
  /** How the bot gets a demo key, if that differs from the live one. */
  demoKey?: BotKey;
  /** The kinds of key pairs that the bot can sign with. */
  keyTypes: readonly KeyType[];
  profile: Profile;
  /** 0 for a bot that sends no keep-alives. */
  watchdogSeconds: number;
  /** 0 for a bot that need not have a connection to Binance's streams. */
  connectionMinutes?: number;
}

const everyKeyType: readonly KeyType[] = ["HMAC", "Ed25519", "RSA"];
const withoutWatchdog = { watchdogEnvironment: {}, watchdogSeconds: 0 };

export const presets: Record<PresetName, Preset> = {
  // Its database and its data are in its user folder, the state; its strategies are a part of the program.
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
    // For the owner's commands, such as `npm run bot -- freqtrade list-data`: the same as --userdir above.
    commandEnvironment: { FREQTRADE__USER_DATA_DIR: "{state}" },
    watchdogEnvironment: { FREQTRADE__INTERNALS__SD_NOTIFY: "true" },
    key: {
      kind: "environment",
      apiKey: "FREQTRADE__EXCHANGE__KEY",
      apiSecret: "FREQTRADE__EXCHANGE__SECRET",
    },
    // A variable has precedence over all of its configuration files, and no option of its command line turns this off.
    dryRunEnvironment: { FREQTRADE__DRY_RUN: "true" },
    keyTypes: everyKeyType,
    profile: "strict",
    // It sends one every few seconds (internals.process_throttle_secs), but none while it downloads many candles.
    watchdogSeconds: 300,
  },
  "nautilus-trader": {
    ...withoutWatchdog,
    command: ["{program}/.venv/bin/python", "{program}/main.py"],
    key: { kind: "environment", apiKey: "BINANCE_API_KEY", apiSecret: "BINANCE_API_SECRET" },
    // In its environment DEMO, it reads these.
    demoKey: { kind: "environment", apiKey: "BINANCE_DEMO_API_KEY", apiSecret: "BINANCE_DEMO_API_SECRET" },
    // It logs on to the stream of its orders with session.logon, which Binance offers for this kind only.
    keyTypes: ["Ed25519"],
    profile: "strict",
    // Without a connection, a node reports RUNNING and trades nothing.
    connectionMinutes: 5,
  },
  // The variables of ccxt's command line tool. The user's own program reads them from its environment.
  ccxt: {
    ...withoutWatchdog,
    command: [],
    key: { kind: "environment", apiKey: "BINANCE_APIKEY", apiSecret: "BINANCE_SECRET" },
    keyTypes: everyKeyType,
    profile: "jit",
  },
  none: { ...withoutWatchdog, command: [], key: { kind: "none" }, keyTypes: everyKeyType, profile: "strict" },
};
