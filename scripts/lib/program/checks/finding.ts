import { oneLine } from "../../../../binance/text.ts";
import { quoteForShell } from "../../../../checklist/shell.ts";
import type { DeployedBot } from "../../stack/deployed-bot.ts";

/** Something in a program that doesn't work on the server. */
export interface ProgramFinding {
  /** A warning if it isn't certain: the program is uploaded anyway. */
  severity: "error" | "warning";
  /** A sentence that starts with the place: "requirements.txt, line 3: …". */
  message: string;
  /** What to do, if it isn't a setting. */
  remedy?: string;
  /** The settings with which it works. */
  settings?: NeededSettings;
}

/** Parts of the setting `bot`. */
export interface NeededSettings {
  profile?: "jit";
  hosts?: readonly string[];
  packages?: readonly string[];
  executableTmp?: true;
  environment?: Readonly<Record<string, string>>;
}

/** A longer message is cut. */
const longest = 2000;

/** All findings in one text, with the commands that fix them. Nothing of a program's file can look like another line. */
export function describeFindings(findings: readonly ProgramFinding[], bot: DeployedBot | undefined): string {
  const lines = findings.map(({ message, remedy }) => [message, ...(remedy === undefined ? [] : [remedy])]);
  const commands = settingCommands(
    findings.map(({ settings = {} }) => settings),
    bot,
  );
  return [
    ...lines.map((texts) =>
      texts.map((text, index) => `${index === 0 ? "- " : "  "}${oneLine(text, longest)}`).join("\n"),
    ),
    ...(commands.length === 0
      ? []
      : [["Change the settings, and then run this again:", ...commands, "pulumi up"].join("\n  ")]),
  ].join("\n");
}

/** The commands that make all of these settings, without removing a host or a package. */
function settingCommands(needed: readonly NeededSettings[], bot: DeployedBot | undefined): string[] {
  const environment = new Map(needed.flatMap((settings) => Object.entries(settings.environment ?? {})));
  const list = (part: "hosts" | "packages") => {
    const names = needed.flatMap((settings) => settings[part] ?? []);
    const all = new Set([...(bot?.[part] ?? []), ...names]);
    return names.length === 0
      ? []
      : [`pulumi config set --path bot.${part} ${quoteForShell([...all].join(","))}`];
  };
  return [
    ...(needed.some(({ profile }) => profile === "jit") ? ["pulumi config set --path bot.profile jit"] : []),
    ...[...environment].map(
      ([name, value]) => `pulumi config set --path bot.environment.${name} ${quoteForShell(value)}`,
    ),
    ...(needed.some(({ executableTmp }) => executableTmp === true)
      ? ["pulumi config set --path bot.executableTmp true"]
      : []),
    ...list("packages"),
    ...list("hosts"),
  ];
}
