import type { KeyPair } from "../../../binance/key-pair.ts";
import type { SettingFinding } from "../finding.ts";
import { examineCommand, examineFolder } from "./command.ts";
import { examineEnvironment } from "./environment.ts";
import { examineHosts } from "./hosts.ts";
import { examineKey } from "./key.ts";
import { examinePlaces } from "./placeholders.ts";
import { resolveBot } from "./resolution.ts";
import { findSecretsInBot } from "./secrets.ts";
import type { BotSettings } from "./settings.ts";
import { readBot } from "./shape.ts";

/** What else is known when the setting `bot` is examined. */
export interface BotCircumstances {
  /** Whether a part of `bot` is stored encrypted. */
  storedEncrypted: boolean;
  keyPair: KeyPair | undefined;
}

/**
 * Reads and checks the setting `bot`, and applies its preset: what is set comes before it.
 *
 * @param text JSON, as Pulumi hands an object over; empty for no bot
 * @returns no bot where none is set, or where a finding is an error
 */
export function parseBot(
  text: string,
  { storedEncrypted, keyPair }: BotCircumstances,
): { bot: BotSettings | undefined; findings: SettingFinding[] } {
  const secrets = findSecretsInBot(text, storedEncrypted, keyPair);
  if (secrets.length > 0) {
    return { bot: undefined, findings: secrets };
  }
  const { shape, findings } = readBot(text);
  if (shape === undefined) {
    return { bot: undefined, findings };
  }

  const { bot, findings: unresolved } = resolveBot(shape);
  const typed = typeof shape.command === "string";
  const found = [
    ...unresolved,
    ...examineCommand(bot.command, bot.workingDirectory, typed),
    ...examineFolder(bot.workingDirectory),
    ...examinePlaces(bot),
    ...examineEnvironment(bot.environment, bot.key),
    ...examineKey(bot, keyPair),
    ...examineHosts(bot.hosts),
  ];
  const refused = found.some(({ severity }) => severity === "error");
  return { bot: refused ? undefined : bot, findings: found };
}
