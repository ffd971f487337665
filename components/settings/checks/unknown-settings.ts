import { quoteForShell } from "../../../checklist/shell.ts";
import { closest } from "../closest.ts";
import type { SettingFinding } from "../finding.ts";

/**
 * Finds settings that nothing reads. Without this, a misspelt one would be ignored silently.
 *
 * @param names every name that is set
 * @param known the names that are read
 */
export function findUnknownSettings(names: string[], known: string[]): SettingFinding[] {
  return names
    .filter((name) => !known.includes(name) && !name.startsWith("pulumi:"))
    .map((name) => {
      const nearest = closest(name, known) ?? closestIgnoringNamespace(name, known);
      return {
        severity: "error",
        setting: name,
        problem: "is not a setting of this program",
        explanation: nearest
          ? `The nearest known name is ${nearest}.`
          : `The known names are ${known.join(", ")}.`,
        command: `pulumi config rm ${quoteForShell(name)}`,
      };
    });
}

function closestIgnoringNamespace(name: string, known: string[]): string | undefined {
  const nearest = closest(lastPart(name), known.map(lastPart));
  return known.find((candidate) => lastPart(candidate) === nearest);
}

function lastPart(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
