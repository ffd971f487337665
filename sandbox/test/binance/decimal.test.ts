import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { isMultiple, isPositive, isProductBelow } from "../../binance/decimal.ts";

const hundredths = fc.integer({ min: 0, max: 1_000_000 });
const written = (count: number) => `${Math.floor(count / 100)}.${String(count % 100).padStart(2, "0")}`;

test("decimals are compared exactly", () => {
  fc.assert(
    fc.property(hundredths, fc.integer({ min: 1, max: 500 }), hundredths, (one, other, limit) => {
      expect(isPositive(written(one))).toBe(one > 0);
      expect(isMultiple(written(one), written(other))).toBe(one % other === 0);
      expect(isProductBelow(written(one), written(other), written(limit))).toBe(one * other < limit * 100);
    }),
  );
});

test("whole numbers and long fractions are also decimals", () => {
  expect(isMultiple("3", "0.1")).toBe(true);
  expect(isMultiple("0.30000000000000000001", "0.1")).toBe(false);
});
