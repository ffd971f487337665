/** How the bot takes its key pair. */
export type BotKey =
  | { kind: "environment"; apiKey: string; apiSecret: string }
  | { kind: "file"; name: string; template: string; format: "json" | "text" }
  /** An environment variable with the path of the credential. */
  | { kind: "path"; variable: string }
  /** The bot asks for it in a dialogue of its own. */
  | { kind: "none" };

/** Which sandbox the bot runs in: `jit` lets it make code while it runs. */
export type Profile = "strict" | "jit";

/** What runs on the server, checked, with the preset applied. Places are still written as {program}, {state}, … */
export interface BotSettings {
  /** Empty: none runs. */
  command: string[];
  workingDirectory: string;
  environment: Record<string, string>;
  key: BotKey;
  profile: Profile;
  /** Within how many seconds the bot must say that it lives; 0 for never. */
  watchdogSeconds: number;
  /** Host names that the bot may reach by port 443, besides the exchange. */
  hosts: string[];
}

/** The text of bot.json, which the launcher on the server reads: without secrets, and always the same for the same bot. */
export function botConfiguration(bot: BotSettings): string {
  const names = Object.keys(bot.environment).sort();
  const configuration = {
    command: bot.command,
    workingDirectory: bot.workingDirectory,
    environment: Object.fromEntries(names.map((name) => [name, bot.environment[name]])),
    key: orderedKey(bot.key),
    watchdogSeconds: bot.watchdogSeconds,
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
