import { expect, test } from "@jest/globals";
import { closest } from "../../../components/settings/closest.ts";

test.each<[string, string[], string | undefined]>([
  ["fns1", ["nbg1", "fsn1", "hel1"], "fsn1"],
  ["FSN1", ["nbg1", "fsn1"], "fsn1"],
  ["abcd", ["ABCD"], "ABCD"],
  ["", ["ab"], "ab"],
  ["", ["abc"], undefined],
  ["abcdefxyz", ["abcdefghi"], "abcdefghi"],
  ["abcdewxyz", ["abcdefghi"], undefined],
  ["x", [], undefined],
])("%j among %j is probably %s", (name, candidates, expected) => {
  expect(closest(name, candidates)).toBe(expected);
});
