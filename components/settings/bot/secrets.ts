import type { KeyPair } from "../../../binance/key-pair.ts";
import type { SettingFinding } from "../finding.ts";

/**
 * Finds secrets in the setting `bot`, all of which lies in plaintext in the stack's file and on the server. While
 * there is one, nothing else is said of `bot`, because other messages show parts of it.
 *
 * @param text the setting as Pulumi hands it over
 * @param stored whether a part of it is stored encrypted
 */
export function findSecretsInBot(text: string, stored: boolean, pair: KeyPair | undefined): SettingFinding[] {
  const found = findSecret(text, pair);
  if (found !== undefined) {
    return [
      {
        severity: "error",
        setting: "bot",
        problem: `holds ${found}`,
        explanation:
          "All of bot is readable in the stack's file and on the server. Take it out, and replace that key by a new one; the bot gets its key by bot.key.",
        command: "pulumi config set --secret binance:apiSecret",
      },
    ];
  }
  if (!stored) {
    return [];
  }
  return [
    {
      severity: "error",
      setting: "bot",
      problem: "has a part that is stored encrypted",
      explanation:
        "What is in bot arrives on the server in a file that every user there can read: only the key pair is kept secret. Take that part out, and give it to the bot among its own files.",
      command: "pulumi config rm --path bot.NAME",
    },
  ];
}

/** Binance's keys and secrets are 64 letters and digits, copied more or less well; a digest in hex has no capitals. */
const token = /(?<![A-Za-z0-9])[A-Za-z0-9]{56,72}(?![A-Za-z0-9])/g;

function findSecret(text: string, pair: KeyPair | undefined): string | undefined {
  if (pair !== undefined) {
    // As JSON, in which the text is, a private key's line ends are escaped.
    const values = [pair.apiKey, pair.apiSecret].map((value) => JSON.stringify(value).slice(1, -1));
    if (values.some((value) => value.length >= 8 && text.includes(value))) {
      return "a value of your key pair";
    }
  }
  if (text.includes("PRIVATE KEY-----")) {
    return "a private key";
  }
  const mixed = (word: string) => /[A-Z]/.test(word) && /[a-z]/.test(word) && /\d/.test(word);
  return [...text.matchAll(token)].some(([word]) => mixed(word))
    ? "what looks like a key or a secret of Binance"
    : undefined;
}
