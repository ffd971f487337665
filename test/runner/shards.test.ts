import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { divide } from "./shards.ts";

test("the longest file is alone, if the others together take no longer", () => {
  const shards = divide(["short", "long", "middle"], { short: 1, middle: 2, long: 4 }, 2);
  expect(shards).toEqual([
    { files: ["long"], seconds: 4 },
    { files: ["middle", "short"], seconds: 3 },
  ]);
});

test("a file without a record counts 30 seconds", () => {
  expect(divide(["new", "known"], { known: 5 }, 1)).toEqual([{ files: ["new", "known"], seconds: 35 }]);
});

test("there is no run without a file", () => {
  expect(divide(["only"], {}, 2)).toHaveLength(1);
  expect(divide([], {}, 2)).toEqual([]);
});

const someDurations = fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.integer({ min: 0, max: 600 }), {
  minKeys: 1,
});

test("every file is in exactly one run", () => {
  fc.assert(
    fc.property(someDurations, fc.integer({ min: 1, max: 4 }), (durations, count) => {
      const files = Object.keys(durations);
      const divided = divide(files, durations, count).flatMap((shard) => shard.files);
      expect(divided.sort()).toEqual(files.sort());
    }),
  );
});

test("no run takes longer than another by more than one file", () => {
  fc.assert(
    fc.property(someDurations, (durations) => {
      const shards = divide(Object.keys(durations), durations, 2);
      const totals = shards.length === 2 ? shards.map(({ seconds }) => seconds) : [0, 0];
      const longest = Math.max(...Object.values(durations));
      expect(Math.max(...totals) - Math.min(...totals)).toBeLessThanOrEqual(longest);
    }),
  );
});
