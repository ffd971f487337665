import type { AllowedHost } from "../../../checklist/hosts/allowed-host.ts";
import type { Mode, Profile } from "./schema.ts";

/** How the bot gets its key pair. */
export type BotKey =
  | { kind: "environment"; apiKey: string; apiSecret: string }
  | { kind: "file"; name: string; template: string; format: "json" | "text" }
  /** An environment variable with the path of the credential. */
  | { kind: "path"; variable: string }
  /** The bot gets no key from this program: it prompts for the key itself, or needs none. */
  | { kind: "none" };

/** What runs on the server, checked, and with the preset applied. Placeholders such as {program} are still in it. */
export interface BotSettings {
  /** Empty: no bot runs. */
  command: string[];
  /** `paper`: it trades without real money, and doesn't get the live key pair. */
  mode: Mode;
  /** Whether the bot trades by itself in paper mode, without a key pair. Otherwise it gets the demo key pair. */
  hasDryRun: boolean;
  workingDirectory: string;
  environment: Record<string, string>;
  /** The bot's other secrets, by the names of their variables. */
  secrets: Record<string, string>;
  key: BotKey;
  profile: Profile;
  /** The watchdog's timeout; 0 turns it off. */
  watchdogSeconds: number;
  /** It is restarted after so many minutes without a connection to Binance's streams; 0 turns that off. */
  connectionMinutes: number;
  /** Whether it stays off after exit code 0, and is not started again. */
  mayEnd: boolean;
  /** Whether it may execute what it has written to /tmp. */
  executableTmp: boolean;
  /** The Debian packages that it needs. */
  packages: string[];
  /** The hosts that the bot may reach, besides the exchange. */
  hosts: AllowedHost[];
  /** The port of the bot's page, on loopback in its network. Undefined: SSH reaches none. */
  ui: number | undefined;
}

/** Whether there is a bot to run. Without a command, at most the key is installed. */
export function hasCommand(bot: BotSettings | undefined): bot is BotSettings {
  return bot !== undefined && bot.command.length > 0;
}

/** Whether there is a bot that trades with the live key pair. */
export function usesKey(bot: BotSettings | undefined): boolean {
  return hasCommand(bot) && bot.key.kind !== "none" && bot.mode === "live";
}

/** Whether there is a bot that trades with the demo key pair. */
export function usesDemoKey(bot: BotSettings | undefined): boolean {
  return hasCommand(bot) && bot.key.kind !== "none" && bot.mode === "paper" && !bot.hasDryRun;
}

export function hasSecrets(bot: BotSettings): boolean {
  return Object.keys(bot.secrets).length > 0;
}

/** The content of the credential with the bot's other secrets. The same secrets always give the same text. */
export function botSecrets({ secrets }: BotSettings): string {
  const names = Object.keys(secrets).sort();
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, secrets[name]])));
}

/**
 * The content of bot.json, which the launcher on the server reads. It has only the names of the secrets, and the same bot
 * always gives the same text.
 */
export function botConfiguration(bot: BotSettings): string {
  const names = Object.keys(bot.environment).sort();
  const configuration = {
    command: bot.command,
    workingDirectory: bot.workingDirectory,
    environment: Object.fromEntries(names.map((name) => [name, bot.environment[name]])),
    key: orderedKey(bot.key),
    watchdogSeconds: bot.watchdogSeconds,
    ...(bot.mode === "paper" && { mode: bot.mode, demoKey: usesDemoKey(bot) }),
    // Left out without secrets, so that the file of a bot that has none is what it was before there were any.
    ...(hasSecrets(bot) && { secrets: Object.keys(bot.secrets).sort() }),
  };
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}

function orderedKey(key: BotKey): BotKey {
  switch (key.kind) {
    case "environment":
      return { kind: key.kind, apiKey: key.apiKey, apiSecret: key.apiSecret };
    case "file":
      return { kind: key.kind, name: key.name, template: key.template, format: key.format };
    case "path":
      return { kind: key.kind, variable: key.variable };
    case "none":
      return { kind: key.kind };
  }
}
