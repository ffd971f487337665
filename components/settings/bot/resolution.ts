import { readHost } from "../../../checklist/hosts/read-host.ts";
import type { SettingFinding } from "../finding.ts";
import { splitCommand } from "./command-line.ts";
import { botError, removePart, setPart } from "./finding.ts";
import { type Preset, presets } from "./presets.ts";
import type { BotShape } from "./schema.ts";
import type { BotKey, BotSettings } from "./settings.ts";

/**
 * Applies the preset: what the user set takes precedence, and each variable of the environment on its own.
 *
 * @returns a whole bot in any case, so that it can be checked; with findings if a part can't be resolved
 */
export function resolveBot(shape: BotShape): {
  bot: BotSettings;
  commandFindings: SettingFinding[];
  keyFindings: SettingFinding[];
} {
  const preset = presets[shape.preset ?? "none"];
  const { command, findings: commandFindings } = resolveCommand(shape, preset);
  const { key, findings: keyFindings } = resolveKey(shape, preset);
  const mode = shape.mode ?? "live";
  const watchdogSeconds = shape.watchdogSeconds ?? preset.watchdogSeconds;
  return {
    bot: {
      command,
      mode,
      hasDryRun: preset.dryRunEnvironment !== undefined,
      workingDirectory: shape.workingDirectory ?? "{state}",
      environment: {
        ...(shape.command === undefined ? preset.commandEnvironment : {}),
        ...(watchdogSeconds > 0 ? preset.watchdogEnvironment : {}),
        ...shape.environment,
        // Last, so that nothing turns it off: checks/mode.ts.
        ...(mode === "paper" ? preset.dryRunEnvironment : {}),
      },
      secrets: shape.secrets ?? {},
      key,
      profile: shape.profile ?? preset.profile,
      watchdogSeconds,
      connectionMinutes: shape.connectionMinutes ?? preset.connectionMinutes ?? 0,
      mayEnd: shape.mayEnd ?? false,
      executableTmp: shape.executableTmp ?? false,
      packages: shape.packages ?? [],
      // Those that can't be read are findings: checks/hosts.ts.
      hosts: (shape.hosts ?? []).map(readHost).flatMap((host) => ("problem" in host ? [] : [host])),
      ui: shape.ui,
    },
    commandFindings,
    keyFindings,
  };
}

function resolveCommand(
  { command, preset: presetName }: BotShape,
  preset: Preset,
): { command: string[]; findings: SettingFinding[] } {
  const error = (problem: string, explanation: string) => ({
    command: [],
    findings: [botError("command", problem, explanation)],
  });
  const args = typeof command === "string" ? splitCommand(command) : (command ?? preset.command);
  if (args === undefined) {
    return error(
      "has a quote that isn't closed, or ends with a backslash",
      "Quotes keep words with spaces together. You can also set a list: --path 'bot.command[0]', and so on.",
    );
  }
  const deliberatelyNone = presetName === "none" && command === undefined;
  if (args.length === 0 && !deliberatelyNone) {
    return error(
      command === undefined ? "is missing" : "is empty",
      "It starts the bot. If this program should run no bot on the server: pulumi config set --path bot.preset none",
    );
  }
  return { command: args, findings: [] };
}

function resolveKey(shape: BotShape, preset: Preset): { key: BotKey; findings: SettingFinding[] } {
  if (shape.key !== undefined) {
    const key = keyOf(shape.key);
    return "kind" in key ? { key, findings: [] } : { key: preset.key, findings: [key] };
  }
  if (shape.preset !== undefined) {
    const key = shape.mode === "paper" ? (preset.demoKey ?? preset.key) : preset.key;
    return { key, findings: [] };
  }
  return {
    key: preset.key,
    findings: [
      botError(
        "key",
        "is missing",
        "It says how the bot gets its key: in two variables (key.environment), in a file (key.file), by a path (key.path), or not at all (none).",
        setPart("key", "none"),
      ),
    ],
  };
}

/** @returns a finding if there isn't exactly one way */
function keyOf(key: NonNullable<BotShape["key"]>): BotKey | SettingFinding {
  if (key === "none") {
    return { kind: "none" };
  }
  const { environment, file, path } = key;
  const ways = Object.entries({ environment, file, path }).filter(([, way]) => way !== undefined);
  if (ways.length > 1) {
    return keyError(`has ${ways.map(([way]) => way).join(" and ")} at the same time`);
  }
  if (environment !== undefined) {
    return { kind: "environment", ...environment };
  }
  if (file !== undefined) {
    return { kind: "file", ...file };
  }
  return path === undefined ? keyError("is empty") : { kind: "path", variable: path };
}

function keyError(problem: string): SettingFinding {
  return botError(
    "key",
    problem,
    "A bot gets its key in one way: environment, file or path.",
    removePart("key"),
  );
}
