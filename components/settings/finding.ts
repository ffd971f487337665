/** A mistake or a doubt about a setting, with all that a person needs to fix it. */
export interface SettingFinding {
  severity: "error" | "warning";
  /** The setting's name as `pulumi config set` takes it: "adminCidrs", "binance:apiKey", "bot.command". */
  setting: string;
  /** Follows the name in a sentence: "is missing". Never contains a part of a secret. */
  problem: string;
  /** Why it matters, or what is allowed. */
  explanation: string;
  /** The command that fixes it. */
  command: string;
}

/** A finding in three lines: what is wrong, why, and the command that fixes it. */
export function describe({ setting, problem, explanation, command }: SettingFinding): string {
  return `${setting} ${problem}.\n   ${explanation}\n   $ ${command}`;
}

/** All errors in one text. */
export function describeAll(findings: SettingFinding[], stack: string): string {
  const count = findings.length === 1 ? "a problem" : `${findings.length} problems`;
  return [
    `The settings of stack "${stack}" have ${count}. Nothing was created or changed.`,
    ...findings.map((finding, index) => `${index + 1}. ${describe(finding)}`),
    "Then run `pulumi up` again.",
  ].join("\n\n");
}
