/** How long something takes, in seconds. */
export async function seconds(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return (performance.now() - start) / 1000;
}

/** The middle value: one slow round on a busy machine doesn't change it. */
function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN) +
      (sorted[Math.ceil((sorted.length - 1) / 2)] ?? NaN)) /
    2
  );
}

/**
 * Measures several things in turns, so that a machine that is slow for a while is slow for all of them.
 *
 * @returns the median of each, in seconds
 */
export async function inTurns(rounds: number, acts: (() => Promise<unknown>)[]): Promise<number[]> {
  const measured: number[][] = acts.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, act] of acts.entries()) {
      measured[index]?.push(await seconds(act));
    }
  }
  return measured.map(median);
}
