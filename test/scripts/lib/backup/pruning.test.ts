import { expect, test } from "@jest/globals";
import { parsePruning } from "../../../../scripts/lib/backup/pruning.ts";

test("what restic doesn't print as a list of backups is none", () => {
  expect(parsePruning('[{"keep":null,"remove":null}]')).toEqual({ keeps: [], removes: [] });
  for (const text of ["", "{}", "[{}]", '[{"keep":[{"id":"x"}],"remove":null}]']) {
    expect(parsePruning(text)).toBeUndefined();
  }
});
