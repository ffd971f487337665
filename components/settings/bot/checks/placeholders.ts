import { closest } from "../../closest.ts";
import type { SettingFinding } from "../../finding.ts";
import { botError, setPart } from "../finding.ts";
import { placeholders, textsOf } from "../placeholders.ts";
import type { BotKey, BotSettings } from "../settings.ts";

/** Checks the names in braces. Names that resemble no placeholder stay as they are: they may belong to the bot. */
export function checkPlaceholders(bot: BotSettings): SettingFinding[] {
  const used = textsOf(bot).flatMap(({ part, text }) =>
    [...text.matchAll(/\{(\w+|secret:\w*)\}/g)].map(([, name = ""]) => ({ part, name })),
  );
  const distinct = new Map(used.map((use) => [`${use.part} ${use.name}`, use]));
  return [...distinct.values()].flatMap(({ part, name }) => {
    const found = placeholderProblem(name, bot.key);
    if (found === undefined) {
      return [];
    }
    const command = setPart(part, part.startsWith("environment.") ? "VALUE" : `"… {program} …"`);
    return [botError(part, `contains {${name}}, ${found.problem}`, found.explanation, command)];
  });
}

function placeholderProblem(name: string, key: BotKey): { problem: string; explanation: string } | undefined {
  if (name === "apiKey" || name === "apiSecret") {
    return {
      problem: "but other users of the server could read the key pair there",
      explanation:
        "Set bot.key: the bot gets the pair in two variables, in a file, or by the path of the credential.",
    };
  }
  if (name.startsWith("secret:")) {
    return {
      problem: "which has a meaning in bot.key.file.template only",
      explanation: "The bot gets each of bot.secrets in the environment variable of its name.",
    };
  }
  if (name === "keyFile" && key.kind !== "file") {
    return { problem: "but there is no key file", explanation: "bot.key.file makes one." };
  }
  if (name === "credential" && key.kind === "none") {
    return { problem: "but this bot gets no key", explanation: "bot.key.path gives it the credential." };
  }
  const nearest = closest(name, [...placeholders]);
  if (nearest === undefined || nearest === name) {
    return undefined;
  }
  const all = placeholders.map((placeholder) => `{${placeholder}}`).join(", ");
  return {
    problem: "which is not a placeholder",
    explanation: `The nearest placeholder is {${nearest}}. The placeholders are ${all}.`,
  };
}
