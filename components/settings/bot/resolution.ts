import type { SettingFinding } from "../finding.ts";
import { splitCommand } from "./command-line.ts";
import { botError } from "./finding.ts";
import { resolveKey } from "./key.ts";
import { type Preset, presets } from "./presets.ts";
import type { BotKey, BotSettings } from "./settings.ts";
import type { BotShape } from "./shape.ts";

/**
 * Applies the preset: what is set comes before it, variable by variable in the environment.
 *
 * @returns a whole bot in any case, so that it can be examined; with findings where a part can't be made out
 */
export function resolveBot(shape: BotShape): { bot: BotSettings; findings: SettingFinding[] } {
  const preset = presets[shape.preset ?? "none"];
  const command = resolveCommand(shape, preset);
  const key = resolveKeyOf(shape, preset);
  const watchdogSeconds = shape.watchdogSeconds ?? preset.watchdogSeconds;
  return {
    bot: {
      command: command.words,
      workingDirectory: shape.workingDirectory ?? "{state}",
      environment: {
        ...preset.environment,
        ...(watchdogSeconds > 0 ? preset.watchedEnvironment : {}),
        ...shape.environment,
      },
      key: key.way,
      profile: shape.profile ?? preset.profile,
      watchdogSeconds,
      hosts: [...new Set(shape.hosts?.map((host) => host.toLowerCase()))],
    },
    findings: [...command.findings, ...key.findings],
  };
}

const example = `"/usr/bin/python3 {program}/bot.py"`;

function resolveCommand(
  { command, preset: name }: BotShape,
  preset: Preset,
): { words: string[]; findings: SettingFinding[] } {
  const words = typeof command === "string" ? splitCommand(command) : (command ?? preset.command);
  if (words === undefined) {
    return {
      words: [],
      findings: [
        botError(
          "command",
          "has a quote that isn't closed, or ends in a backslash",
          "Quotes hold words with spaces together. It can be a list, too: --path 'bot.command[0]', and so on.",
          example,
        ),
      ],
    };
  }
  const none = name === "none" && command === undefined;
  if (words.length > 0 || none) {
    return { words, findings: [] };
  }
  return {
    words,
    findings: [
      botError(
        "command",
        command === undefined ? "is missing" : "is empty",
        `It starts the bot. For a server on which no bot of this program's runs: pulumi config set --path bot.preset none`,
        example,
      ),
    ],
  };
}

function resolveKeyOf(
  { key, preset: name }: BotShape,
  preset: Preset,
): { way: BotKey; findings: SettingFinding[] } {
  if (key !== undefined) {
    const way = resolveKey(key);
    return "kind" in way ? { way, findings: [] } : { way: preset.key, findings: [way] };
  }
  if (name !== undefined) {
    return { way: preset.key, findings: [] };
  }
  return {
    way: preset.key,
    findings: [
      botError(
        "key",
        "is missing",
        "How does the bot take its key? In two variables (key.environment), a file (key.file), by a path (key.path), or not from here: none.",
        "none",
      ),
    ],
  };
}
