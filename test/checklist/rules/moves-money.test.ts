import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { movesMoney } from "../../../checklist/rules/moves-money.ts";

const words = [
  "withdraw",
  "transfer",
  "universal",
  "pay",
  "payout",
  "send",
  "remit",
  "cash",
  "fiat",
  "gift",
  "redeem",
  "move",
  "fund",
];

test("a name that contains one of the words moves money, in any case and with anything between its letters", () => {
  const part = fc.string({ unit: fc.constantFrom("a", "B", "Q", "_", "-", "1", " ") });
  const letters = (word: string) =>
    fc
      .tuple(
        fc.array(fc.boolean(), { minLength: word.length, maxLength: word.length }),
        fc.constantFrom("", "_", "-", "7", " "),
      )
      .map(([upper, between]) =>
        Array.from(word)
          .map((letter, index) => (upper[index] ? letter.toUpperCase() : letter))
          .join(between),
      );
  fc.assert(
    fc.property(part, fc.constantFrom(...words).chain(letters), part, (start, word, end) => {
      expect(movesMoney(`enable${start}${word}${end}`)).toBe(true);
    }),
  );
});

test.each(["enableFixReadOnly", "enableCopyTrading", "enableVanillaOptions", "permitsTeleport"])(
  "%s doesn't",
  (name) => {
    expect(movesMoney(name)).toBe(false);
  },
);
