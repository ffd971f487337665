import type { KeyPair } from "../../../binance/key-pair.ts";
import type { SettingFinding } from "../finding.ts";
import { checkCommand, checkWorkingDirectory } from "./checks/command.ts";
import { checkEnvironment } from "./checks/environment.ts";
import { checkHosts } from "./checks/hosts.ts";
import { checkKey } from "./checks/key.ts";
import { checkPlaceholders } from "./checks/placeholders.ts";
import { findSecretsInBot } from "./checks/secrets.ts";
import { readBot } from "./issues.ts";
import { resolveBot } from "./resolution.ts";
import type { BotSettings } from "./settings.ts";

/** What the check of the setting `bot` needs to know besides its value. */
export interface BotCircumstances {
  /** Whether a part of `bot` is stored encrypted. */
  storedEncrypted: boolean;
  keyPair: KeyPair | undefined;
}

/**
 * Reads and checks the setting `bot`, and applies its preset.
 *
 * @param text JSON, as Pulumi gives an object to the program; empty for no bot
 * @returns no bot if none is configured, or if a finding is an error
 */
export function parseBot(
  text: string,
  { storedEncrypted, keyPair }: BotCircumstances,
): { bot: BotSettings | undefined; findings: SettingFinding[] } {
  const secrets = findSecretsInBot(text, storedEncrypted, keyPair);
  if (secrets.length > 0) {
    return { bot: undefined, findings: secrets };
  }
  const { shape, findings: malformed } = readBot(text);
  if (shape === undefined) {
    return { bot: undefined, findings: malformed };
  }

  const { bot, findings: unresolved } = resolveBot(shape);
  const typed = typeof shape.command === "string";
  const findings = [
    ...unresolved,
    ...checkCommand(bot.command, bot.workingDirectory, typed),
    ...checkWorkingDirectory(bot.workingDirectory),
    ...checkPlaceholders(bot),
    ...checkEnvironment(bot.environment, bot.key),
    ...checkKey(bot, keyPair),
    ...checkHosts(bot.hosts),
  ];
  const refused = findings.some(({ severity }) => severity === "error");
  return { bot: refused ? undefined : bot, findings };
}
