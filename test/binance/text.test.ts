import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { oneLine, redact, sentence } from "../../binance/text.ts";

describe("a text from outside", () => {
  test("becomes one line without control characters", () => {
    expect(oneLine("a\x1b[31m\nb\u200b")).toBe("a [31m b");
    expect(oneLine("  a\r\n\t b  ")).toBe("a b");
  });

  test("is cut after 200 characters, or where the caller says", () => {
    expect(oneLine("x".repeat(200))).toBe("x".repeat(200));
    expect(oneLine("x".repeat(201))).toBe(`${"x".repeat(200)}…`);
    expect(oneLine("abcdef", 3)).toBe("abc…");
    expect(oneLine("x".repeat(5000), Infinity)).toHaveLength(5000);
  });

  test("loses every word that is long enough to be a key or a signature", () => {
    expect(redact(`signature ${"0af".repeat(20)} end`)).toBe("signature […] end");
    expect(redact(`${"a".repeat(39)} ${"b".repeat(40)}`)).toBe(`${"a".repeat(39)} […]`);
    expect(redact(`(${"A+/=%_-z".repeat(5)})`)).toBe("([…])");
  });

  test("loses the given secrets, even short ones, and an empty secret changes nothing", () => {
    expect(redact("the key abc, again abc", ["abc", ""])).toBe("the key […], again […]");
  });

  test("is one short line, whatever it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => {
        expect(redact(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(redact(text).length).toBeLessThanOrEqual(201);
      }),
    );
  });
});

test("a sentence gets a full stop unless it has an end", () => {
  expect(["It works", "It works.", "Does it?", "It does!", "It…", "v1.2 works"].map(sentence)).toEqual([
    "It works.",
    "It works.",
    "Does it?",
    "It does!",
    "It…",
    "v1.2 works.",
  ]);
});
