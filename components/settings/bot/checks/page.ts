import type { SettingFinding } from "../../finding.ts";
import { botError, removePart } from "../finding.ts";
import { type BotSettings, hasCommand } from "../settings.ts";

/** Checks the port of the bot's own page. */
export function checkPage(bot: BotSettings): SettingFinding[] {
  if (bot.ui === undefined || hasCommand(bot)) {
    return [];
  }
  return [
    botError(
      "ui",
      "is set, but this program starts no bot",
      "The page is reached in the bot's own network. A bot that you start yourself isn't in there.",
      removePart("ui"),
    ),
  ];
}
