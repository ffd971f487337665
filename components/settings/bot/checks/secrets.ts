import { parseJson } from "../../../../binance/json.ts";
import { type ConfiguredKeyPair, isMade } from "../../../../binance/key-pair.ts";
import type { SettingFinding } from "../../finding.ts";
import { botError, removePart, setPart } from "../finding.ts";

/** The setting `bot`, and how the stack's file stores it. */
export interface StoredBot {
  /** The setting as Pulumi gives it to the program. */
  text: string;
  /** Which parts are stored encrypted, such as "secrets.TOKEN". Undefined if that isn't known. */
  encrypted: readonly string[] | undefined;
}

/**
 * Finds secrets that are not stored as secrets. All of the setting `bot` is in plaintext in the stack's file and on the
 * server, except for bot.secrets. If there is a finding, nothing else may be reported about `bot`, because other messages
 * show parts of it.
 */
export function findSecretsInBot(
  { text, encrypted }: StoredBot,
  pairs: readonly (ConfiguredKeyPair | undefined)[],
): SettingFinding[] {
  const { secrets, rest } = split(text);
  const found = pairs.some((pair) => isPairIn(text, pair)) ? "a value of your key pair" : findSecret(rest);
  if (found !== undefined) {
    return [
      {
        severity: "error",
        setting: "bot",
        problem: `contains ${found}`,
        explanation:
          "Only the setting binance:apiSecret keeps a key secret and lets the guard check it. Remove it from bot, and replace that key by a new one. The bot gets its key by bot.key.",
        command: "pulumi config set --secret binance:apiSecret",
      },
    ];
  }
  if (encrypted === undefined) {
    return [
      {
        severity: "error",
        setting: "bot",
        problem: "has an encrypted part, but the stack's file could not be read to see which one",
        explanation:
          "Only the parts of bot.secrets are kept secret on the server. The stack's settings must be in Pulumi.STACK.yaml, beside Pulumi.yaml.",
        command: "pulumi config",
      },
    ];
  }
  return [
    ...secrets.filter((name) => !encrypted.includes(`secrets.${name}`)).map(plaintextSecret),
    ...encrypted.filter((part) => !/^secrets\.[^.]+$/.test(part)).map(needlesslyEncrypted),
  ];
}

function plaintextSecret(name: string): SettingFinding {
  return botError(
    `secrets.${name}`,
    "is stored in plaintext",
    "Everybody who can read the stack's file or its history knows it. Replace it by a new one, and set that encrypted:",
  );
}

/** An encrypted part that isn't kept secret on the server would look safer than it is. */
function needlesslyEncrypted(part: string): SettingFinding {
  const [, variable] = /^environment\.(\w+)$/.exec(part) ?? [];
  const path = part === "" ? "NAME" : part;
  return {
    severity: "error",
    setting: part === "" ? "bot" : `bot.${part}`,
    problem: "is stored encrypted, but every user of the server could read it",
    explanation:
      "Only the key pair and the parts of bot.secrets are kept secret on the server. Set a secret as bot.secrets.NAME, and anything else without --secret.",
    command:
      variable === undefined
        ? removePart(path)
        : `${removePart(path)} && ${setPart(`secrets.${variable}`, "VALUE")}`,
  };
}

/** The names of the secrets, and everything else as JSON. */
function split(text: string): { secrets: string[]; rest: string } {
  const value = parseJson(text);
  if (!isObject(value) || !("secrets" in value)) {
    return { secrets: [], rest: text };
  }
  const { secrets, ...rest } = value;
  return { secrets: isObject(secrets) ? Object.keys(secrets) : [""], rest: JSON.stringify(rest) };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Also in bot.secrets: the bot would get the key without the guard's check. */
function isPairIn(text: string, pair: ConfiguredKeyPair | undefined): boolean {
  // The text is JSON, which escapes the line breaks of a private key.
  const values = pair === undefined ? [] : [pair.apiKey, ...(isMade(pair) ? [] : [pair.apiSecret])];
  return values.map(escapeForJson).some((value) => value.length >= 8 && text.includes(value));
}

/** Binance's keys and secrets have 64 letters and digits, and some get lost in copying. A digest in hex has no capitals. */
const token = /(?<![A-Za-z0-9])[A-Za-z0-9]{56,72}(?![A-Za-z0-9])/g;

function findSecret(text: string): string | undefined {
  if (text.includes("PRIVATE KEY-----")) {
    return "a private key";
  }
  return [...text.matchAll(token)].some(([word]) => isMixed(word))
    ? "what looks like a key or a secret of Binance"
    : undefined;
}

/** Whether a value has exactly the form of Binance's keys and secrets. */
export function looksLikeBinanceKey(value: string): boolean {
  return /^[A-Za-z0-9]{64}$/.test(value.trim()) && isMixed(value);
}

function isMixed(word: string): boolean {
  return /[A-Z]/.test(word) && /[a-z]/.test(word) && /\d/.test(word);
}

function escapeForJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
