import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  divide,
  formatDecimal,
  formatShort,
  greatest,
  least,
  multiply,
  one,
  parseDecimal,
  roundToStep,
  sum,
} from "../../binance/decimal.ts";

const amount = fc.bigInt({ min: 0n, max: 10n ** 24n });
const positive = fc.bigInt({ min: 1n, max: 10n ** 24n });

test("what is written is read back", () => {
  fc.assert(
    fc.property(amount, (value) => {
      expect(formatDecimal(value)).toMatch(/^\d+\.\d{8}$/);
      expect(parseDecimal(formatDecimal(value))).toBe(value);
      expect(parseDecimal(formatShort(value))).toBe(value);
    }),
  );
});

test.each([
  ["1", 100_000_000n],
  ["0.00000001", 1n],
  ["12.5", 1_250_000_000n],
])("%s is read", (text, value) => {
  expect(parseDecimal(text)).toBe(value);
});

test.each(["", ".5", "1.", "1e3", "-1", "+1", " 1", "0.000000001", "1,5", "NaN"])(
  '"%s" isn\'t a decimal',
  (text) => {
    expect(() => parseDecimal(text)).toThrow(`"${text}" isn't a decimal number`);
  },
);

test.each([
  [-1n, "-0.00000001", "-0.00000001"],
  [-150_000_000n, "-1.50000000", "-1.5"],
  [100_000_000n, "1.00000000", "1"],
  [1_000_000_000n, "10.00000000", "10"],
  [0n, "0.00000000", "0"],
])("%s is written", (value, long, short) => {
  expect(formatDecimal(value)).toBe(long);
  expect(formatShort(value)).toBe(short);
});

test("products and quotients are rounded in the named direction, by less than one unit", () => {
  fc.assert(
    fc.property(amount, positive, (left, right) => {
      for (const [exact, down, up] of [
        [left * right, multiply(left, right, "down") * one, multiply(left, right, "up") * one],
        [left * one, divide(left, right, "down") * right, divide(left, right, "up") * right],
      ] as const) {
        const divisor = exact === left * right ? one : right;
        expect(down <= exact && exact < down + divisor).toBe(true);
        expect(up >= exact && exact > up - divisor).toBe(true);
      }
    }),
  );
});

test("an amount is rounded to a step", () => {
  expect(roundToStep(17n, 5n, "down")).toBe(15n);
  expect(roundToStep(17n, 5n, "up")).toBe(20n);
  expect(roundToStep(15n, 5n, "up")).toBe(15n);
});

test("the least, the greatest and the sum", () => {
  expect([least(3n, 1n, 2n), greatest(3n, 1n, 2n), sum([3n, 1n, 2n]), sum([])]).toEqual([1n, 3n, 6n, 0n]);
});
