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
  environment?: Readonly<Record<string, string>>;
}

/** All findings in one text, with the commands that fix them. */
export function describeFindings(
  findings: readonly ProgramFinding[],
  currentHosts: readonly string[],
): string {
  const lines = findings.map(({ message, remedy }) => [message, ...(remedy === undefined ? [] : [remedy])]);
  const commands = settingCommands(
    findings.map(({ settings = {} }) => settings),
    currentHosts,
  );
  return [
    ...lines.map(([message, ...remedy]) => [`- ${message}`, ...remedy.map((line) => `  ${line}`)].join("\n")),
    ...(commands.length === 0
      ? []
      : [["Change the settings, and then run this again:", ...commands, "pulumi up"].join("\n  ")]),
  ].join("\n");
}

/** The commands that make all of these settings, without removing a host. */
function settingCommands(needed: readonly NeededSettings[], currentHosts: readonly string[]): string[] {
  const hosts = needed.flatMap((settings) => settings.hosts ?? []);
  const environment = new Map(needed.flatMap((settings) => Object.entries(settings.environment ?? {})));
  return [
    ...(needed.some(({ profile }) => profile === "jit") ? ["pulumi config set --path bot.profile jit"] : []),
    ...[...environment].map(([name, value]) => `pulumi config set --path bot.environment.${name} ${value}`),
    ...(hosts.length === 0
      ? []
      : [`pulumi config set --path bot.hosts "${[...new Set([...currentHosts, ...hosts])].join(",")}"`]),
  ];
}
