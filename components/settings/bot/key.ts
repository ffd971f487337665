import type { KeyPair } from "../../../binance/key-pair.ts";
import type { SettingFinding } from "../finding.ts";
import { botError, botWarning } from "./finding.ts";
import type { BotKey, BotSettings } from "./settings.ts";
import type { BotShape } from "./shape.ts";

/**
 * How the bot takes its key, from what is set.
 *
 * @returns a finding where that is no way or more than one
 */
export function resolveKey(key: NonNullable<BotShape["key"]>): BotKey | SettingFinding {
  if (key === "none") {
    return { kind: "none" };
  }
  const ways = Object.entries(key).filter(([, way]) => way !== undefined);
  if (ways.length !== 1) {
    return botError(
      "key",
      ways.length === 0 ? "is empty" : `names ${ways.map(([way]) => way).join(" and ")} at once`,
      "A bot takes its key in one way: environment, file or path.",
      undefined,
    );
  }
  if (key.environment !== undefined) {
    return { kind: "environment", ...key.environment };
  }
  if (key.file !== undefined) {
    return { kind: "file", ...key.file };
  }
  return { kind: "path", variable: key.path ?? "" };
}

/** Checks the way in which the bot takes its key; the variables' names are the environment's matter. */
export function examineKey(bot: BotSettings, pair: KeyPair | undefined): SettingFinding[] {
  const { key } = bot;
  if (key.kind === "environment" && key.apiKey === key.apiSecret) {
    return [
      botError(
        "key.environment.apiSecret",
        "is the same variable as apiKey",
        "The two values need a variable each.",
        "BINANCE_API_SECRET",
      ),
    ];
  }
  return key.kind === "file" ? [...examineFile(key, pair), ...examineUse(bot)] : [];
}

function examineFile(
  { name, template, format }: Extract<BotKey, { kind: "file" }>,
  pair: KeyPair | undefined,
): SettingFinding[] {
  const findings: SettingFinding[] = [];
  if (!/^\w[\w.-]{0,99}$/.test(name)) {
    findings.push(
      botError(
        "key.file.name",
        "is no plain file name",
        "The file is made in a folder of the bot's own, in memory. {keyFile} stands for its whole path.",
        "config-private.json",
      ),
    );
  }
  const missing = ["{apiKey}", "{apiSecret}"].filter((placeholder) => !template.includes(placeholder));
  if (missing.length > 0) {
    findings.push(
      botError(
        "key.file.template",
        `lacks ${missing.join(" and ")}`,
        "The two stand where the key and the secret are filled in.",
        `'{"key": "{apiKey}", "secret": "{apiSecret}"}'`,
      ),
    );
  } else if (format === "json" && !isJson(template.replaceAll(/\{api(Key|Secret)\}/g, "x"))) {
    findings.push(
      botError(
        "key.file.template",
        "is no JSON once the pair is filled in",
        `The placeholders stand in quotes: "{apiKey}". For a file of another kind: pulumi config set --path bot.key.file.format text`,
        `'{"key": "{apiKey}", "secret": "{apiSecret}"}'`,
      ),
    );
  }
  if (format === "text" && pair?.apiSecret.includes("\n") === true) {
    findings.push(
      botWarning(
        "key.file.format",
        "is text, while your secret has several lines",
        "A private key is put into the file with its line ends, which few formats can read. In JSON they are escaped.",
        "json",
      ),
    );
  }
  return findings;
}

/** A file that nothing points to is found by no bot. */
function examineUse({ command, environment, workingDirectory }: BotSettings): SettingFinding[] {
  const used = [...command, workingDirectory, ...Object.values(environment)].some((text) =>
    text.includes("{keyFile}"),
  );
  if (used || command.length === 0) {
    return [];
  }
  return [
    botWarning(
      "key.file",
      "makes a file that nothing tells the bot of",
      "Name {keyFile} in bot.command or bot.environment.",
      "…",
    ),
  ];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
