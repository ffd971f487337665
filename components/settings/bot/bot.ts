import type { ConfiguredKeyPair, KeyPair } from "../../../binance/key-pair.ts";
import type { SettingFinding } from "../finding.ts";
import { checkBotSecrets } from "./checks/bot-secrets.ts";
import { checkCommand, checkWorkingDirectory } from "./checks/command.ts";
import { checkEnvironment } from "./checks/environment.ts";
import { checkHosts } from "./checks/hosts.ts";
import { checkKey } from "./checks/key.ts";
import { checkKeyType } from "./checks/key-type.ts";
import { checkMode } from "./checks/mode.ts";
import { checkPackages } from "./checks/packages.ts";
import { checkPage } from "./checks/page.ts";
import { checkPlaceholders } from "./checks/placeholders.ts";
import { findSecretsInBot } from "./checks/secrets.ts";
import { readBot } from "./issues.ts";
import { resolveBot } from "./resolution.ts";
import type { BotShape } from "./schema.ts";
import type { BotSettings } from "./settings.ts";

/** What the check of the setting `bot` needs to know besides its value. */
export interface BotCircumstances {
  /** Which parts of `bot` are stored encrypted. Undefined if that isn't known. */
  encrypted: readonly string[] | undefined;
  keyPair: ConfiguredKeyPair | undefined;
  /** The key pair for Binance's demo account. */
  demoKeyPair: KeyPair | undefined;
  /** Whether at least one of its values is set. If they aren't a pair, the check of the settings reports that. */
  isDemoKeySet: boolean;
}

/**
 * Reads and checks the setting `bot`, and applies its preset.
 *
 * @param text JSON, as Pulumi gives an object to the program; empty for no bot
 * @returns no bot if none is configured, or if a finding is an error
 */
export function parseBot(
  text: string,
  { encrypted, keyPair, demoKeyPair, isDemoKeySet }: BotCircumstances,
): { bot: BotSettings | undefined; findings: SettingFinding[] } {
  const secrets = findSecretsInBot({ text, encrypted }, [keyPair, demoKeyPair]);
  if (secrets.length > 0) {
    return { bot: undefined, findings: secrets };
  }
  const { shape, malformed, findings: malformedParts } = readBot(text);
  if (shape === undefined) {
    return { bot: undefined, findings: malformedParts };
  }

  const { bot, commandFindings, keyFindings } = resolveBot(shape);
  const typed = typeof shape.command === "string";
  // The default stands in for a malformed part, and says nothing about it.
  const about = (parts: (keyof BotShape)[], found: SettingFinding[]) =>
    parts.some((part) => malformed.has(part)) ? [] : found;
  const findings = [
    ...malformedParts,
    ...about(["preset", "command"], commandFindings),
    ...about(["preset", "key"], keyFindings),
    ...about(
      ["preset", "command", "workingDirectory"],
      checkCommand(bot.command, bot.workingDirectory, typed),
    ),
    ...about(["workingDirectory"], checkWorkingDirectory(bot.workingDirectory)),
    ...about(["preset", "command", "workingDirectory", "environment", "key"], checkPlaceholders(bot)),
    ...about(
      ["preset", "command", "environment", "key", "secrets"],
      checkBotSecrets(bot, shape.environment ?? {}),
    ),
    ...about(
      ["preset", "mode", "command", "environment", "key", "secrets"],
      checkMode(bot, shape, isDemoKeySet),
    ),
    ...about(["preset", "environment", "key"], checkEnvironment(bot.environment, bot.key)),
    ...about(["preset", "command", "environment", "key", "secrets"], checkKey(bot, keyPair)),
    ...about(["preset"], checkKeyType(shape.preset ?? "none", keyPair)),
    ...about(["packages"], checkPackages(bot.packages)),
    ...about(["hosts"], checkHosts(shape.hosts ?? [])),
    ...about(["preset", "command", "ui"], checkPage(bot)),
  ];
  const refused = findings.some(({ severity }) => severity === "error");
  return { bot: refused ? undefined : bot, findings };
}
