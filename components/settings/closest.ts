import leven from "leven";

/**
 * The candidate that needs the fewest typing mistakes to become `name`, or undefined if none is near.
 *
 * @param inShort how many mistakes a short name may have
 */
export function closest(name: string, candidates: string[], inShort = 2): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: leven(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance);
  return best && best.distance <= Math.max(inShort, best.candidate.length / 3) ? best.candidate : undefined;
}
