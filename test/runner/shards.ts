/** How many seconds a test file takes, by its path in the repository. */
export type Durations = Readonly<Record<string, number>>;

/** The assumed duration of a file that was never recorded, in seconds. */
const unrecorded = 30;

/** Some of the test files, and how many seconds they take one after the other. */
export interface Shard {
  files: string[];
  seconds: number;
}

/**
 * Divides test files among runs side by side, so that these end at about the same time: the longest file first, each
 * to the run that has the least to do so far.
 */
export function divide(files: readonly string[], durations: Durations, count: number): Shard[] {
  const shards = Array.from({ length: count }, (): Shard => ({ files: [], seconds: 0 }));
  const longestFirst = files
    .map((file) => ({ file, seconds: durations[file] ?? unrecorded }))
    .sort((one, other) => other.seconds - one.seconds || one.file.localeCompare(other.file));
  for (const { file, seconds } of longestFirst) {
    const least = shards.reduce((best, shard) => (shard.seconds < best.seconds ? shard : best));
    least.files.push(file);
    least.seconds += seconds;
  }
  return shards.filter((shard) => shard.files.length > 0);
}
