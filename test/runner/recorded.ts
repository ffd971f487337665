import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as z from "zod";
import type { Durations } from "./shards.ts";

const repository = join(import.meta.dirname, "../..");
const record = join(import.meta.dirname, "durations.json");

/** What is read of the results that Jest writes with `--json`. */
const jestResults = z.object({
  testResults: z.array(z.object({ name: z.string(), startTime: z.number(), endTime: z.number() })),
});

/** The committed record: seconds by the test file's path in the repository. */
export function recordedDurations(): Durations {
  return z.record(z.string(), z.number()).parse(JSON.parse(readFileSync(record, "utf8")));
}

/** The durations of the test files in a Jest results file. */
export function durationsIn(resultsFile: string): Durations {
  const { testResults } = jestResults.parse(JSON.parse(readFileSync(resultsFile, "utf8")));
  return Object.fromEntries(
    testResults.map(({ name, startTime, endTime }) => [
      relative(repository, name),
      Math.round((endTime - startTime) / 1000),
    ]),
  );
}

/** Replaces the record. Sorted, so that a change of one duration is a change of one line. */
export function writeDurations(durations: Durations): void {
  const sorted = Object.entries(durations).sort(([one], [other]) => one.localeCompare(other));
  writeFileSync(record, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}
