import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { toRows } from "../../../../scripts/lib/report/rows.ts";

test("a line that is too long goes on in an indented row", () => {
  expect(toRows(`${"a".repeat(20)}${"b".repeat(16)}c\nshort`, 20)).toBe(
    `${"a".repeat(20)}\n    ${"b".repeat(16)}\n    c\nshort`,
  );
});

test("wide characters and tabs count as wide", () => {
  expect(toRows("界".repeat(11), 20)).toBe(`${"界".repeat(10)}\n    界`);
  expect(toRows("\t\t\tx", 20)).toBe("\t\t\n    \tx");
});

test("no row is wider than the terminal, and nothing is lost", () => {
  const line = fc.string({ unit: fc.constantFrom("a", "Z", " ", "界", "é", "\t", "🙂"), maxLength: 200 });
  const width = (text: string) =>
    Array.from(text, (one) => (one === "\t" ? 8 : /[ -~]/.test(one) ? 1 : 2)).reduce(
      (sum, one) => sum + one,
      0,
    );
  fc.assert(
    fc.property(line, fc.integer({ min: 0, max: 90 }), (text, columns) => {
      const [first = "", ...others] = toRows(text, columns).split("\n");
      expect(others.every((row) => row.startsWith("    "))).toBe(true);
      expect(first + others.map((row) => row.slice(4)).join("")).toBe(text);
      for (const row of [first, ...others]) {
        expect(width(row)).toBeLessThanOrEqual(Math.max(columns, 20));
      }
    }),
  );
});
