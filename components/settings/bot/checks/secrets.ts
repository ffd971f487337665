import type { KeyPair } from "../../../../binance/key-pair.ts";
import type { SettingFinding } from "../../finding.ts";

/**
 * Finds secrets in the setting `bot`, which is stored in plaintext in the stack's file and on the server. If there
 * is one, nothing else may be reported about `bot`, because other messages show parts of it.
 *
 * @param text the setting as Pulumi gives it to the program
 * @param storedEncrypted whether a part of it is stored encrypted
 */
export function findSecretsInBot(
  text: string,
  storedEncrypted: boolean,
  pair: KeyPair | undefined,
): SettingFinding[] {
  const error = (problem: string, explanation: string, command: string): SettingFinding[] => [
    { severity: "error", setting: "bot", problem, explanation, command },
  ];
  const found = findSecret(text, pair);
  if (found !== undefined) {
    return error(
      `contains ${found}`,
      "All of bot can be read in the stack's file and on the server. Remove the secret there, and replace that key by a new one. The bot gets its key by bot.key.",
      "pulumi config set --secret binance:apiSecret",
    );
  }
  if (storedEncrypted) {
    return error(
      "has a part that is stored encrypted",
      "On the server, bot is in a file that every user can read; only the key pair is kept secret. Remove that part, and put it into a file of the bot's program.",
      "pulumi config rm --path bot.NAME",
    );
  }
  return [];
}

/** Binance's keys and secrets have 64 letters and digits, and some get lost in copying. A digest in hex has no capitals. */
const token = /(?<![A-Za-z0-9])[A-Za-z0-9]{56,72}(?![A-Za-z0-9])/g;

function findSecret(text: string, pair: KeyPair | undefined): string | undefined {
  // The text is JSON, which escapes the line breaks of a private key.
  const values = pair === undefined ? [] : [pair.apiKey, pair.apiSecret].map(escapeForJson);
  if (values.some((value) => value.length >= 8 && text.includes(value))) {
    return "a value of your key pair";
  }
  if (text.includes("PRIVATE KEY-----")) {
    return "a private key";
  }
  const mixed = (word: string) => /[A-Z]/.test(word) && /[a-z]/.test(word) && /\d/.test(word);
  return [...text.matchAll(token)].some(([word]) => mixed(word))
    ? "what looks like a key or a secret of Binance"
    : undefined;
}

function escapeForJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
