import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { quoteForShell } from "../../checklist/shell.ts";

test("a quoted argument reaches a shell command unchanged", () => {
  const args = fc.array(
    fc.string({ unit: "grapheme" }).filter((arg) => !arg.includes("\0")),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(args, (list) => {
      const printed = execFileSync("sh", ["-c", `printf '%s\\0' ${list.map(quoteForShell).join(" ")}`], {
        encoding: "utf8",
      });
      expect(printed).toBe(list.map((arg) => `${arg}\0`).join(""));
    }),
    { numRuns: 30 },
  );
});
