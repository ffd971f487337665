import type { BotSettings } from "./settings.ts";

/** What is written in braces in the bot's settings, and replaced by a path on the server when the bot starts. */
export const placeholders = ["program", "state", "keyFile", "credential"] as const;

export type Placeholder = (typeof placeholders)[number];

/** All texts that may contain placeholders, by the part of `bot` that they are in. */
export function textsOf(bot: BotSettings): { part: string; text: string }[] {
  return [
    ...bot.command.map((text) => ({ part: "command", text })),
    { part: "workingDirectory", text: bot.workingDirectory },
    ...Object.entries(bot.environment).map(([name, text]) => ({ part: `environment.${name}`, text })),
  ];
}

/** The names of the secrets that a text refers to, as {secret:NAME}. */
export function secretsIn(text: string): string[] {
  return [...text.matchAll(/\{secret:(\w*)\}/g)].map(([, name = ""]) => name);
}

/** Whether the bot's settings contain a placeholder. */
export function uses(bot: BotSettings, placeholder: Placeholder): boolean {
  return textsOf(bot).some(({ text }) => text.includes(`{${placeholder}}`));
}
