import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { quote } from "../../../components/commands/remote-script.ts";

test("a quoted word reaches a shell's command as it is", () => {
  const words = fc.array(
    fc.string({ minLength: 1 }).filter((word) => !word.includes("\0")),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(words, (list) => {
      const printed = execFileSync("sh", ["-c", `printf '%s\\0' ${list.map(quote).join(" ")}`], {
        encoding: "utf8",
      });
      expect(printed).toBe(list.map((word) => `${word}\0`).join(""));
    }),
    { numRuns: 30 },
  );
});
