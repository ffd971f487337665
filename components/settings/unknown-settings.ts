import leven from "leven";
import type { SettingFinding } from "./finding.ts";

/** The candidate that the fewest typing mistakes lead to, or undefined where none is near. */
export function closest(name: string, candidates: string[]): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: leven(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance);
  return best && best.distance <= Math.max(2, best.candidate.length / 3) ? best.candidate : undefined;
}

/**
 * Settings that nothing reads: a misspelt one would otherwise be ignored in silence.
 *
 * @param names every name that is set, with its namespace
 * @param known the names that are read, with their namespace
 */
export function findUnknownSettings(names: string[], known: string[]): SettingFinding[] {
  return names
    .filter((name) => !known.includes(name) && !name.startsWith("pulumi:"))
    .map((name) => {
      const nearest = closest(name, known) ?? closest(lastPart(name), known.map(lastPart));
      return {
        severity: "error",
        setting: name,
        problem: "is no setting of this program",
        explanation: nearest
          ? `The nearest known name is ${known.find((candidate) => [candidate, lastPart(candidate)].includes(nearest)) ?? nearest}.`
          : `The known names are ${known.join(", ")}.`,
        command: `pulumi config rm ${name}`,
      };
    });
}

function lastPart(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
