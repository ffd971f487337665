import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { oneLine, printable, redact, sentence } from "../../binance/text.ts";
import { unprintable } from "../support/terminal.ts";

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
        expect(redact(text)).not.toMatch(unprintable);
        expect(redact(text)).not.toMatch(/[\n\t]/);
        expect(redact(text).length).toBeLessThanOrEqual(201);
      }),
    );
  });
});

describe("a printable text", () => {
  test.each([
    ["is unchanged if it is only text", "Größe:\t5 € 😀\n日本\n", "Größe:\t5 € 😀\n日本\n"],
    ["has no colours", "\x1b[1;31merror\x1b[0m", "error"],
    ["can't clear the screen", "\x1b[2J\x1b[H", "\ufffd[2J\ufffd[H"],
    ["can't write to the clipboard", "\x1b]52;c;cm0=\x07", "\ufffd]52;c;cm0=\ufffd"],
    ["can't use the control characters of 8 bits", "\x9b2J", "\ufffd2J"],
    ["can't overwrite its own line", "bad\rgood", "bad\ngood"],
    ["can't hide or reverse a part", "a\u202eb\u200bc\u{e0041}d", "abcd"],
    ["can't hide a style in an invisible character", "\x1b\u200b[8m", "\ufffd[8m"],
    ["can't break a line otherwise", "a\u2028b", "a\ufffdb"],
  ])("%s", (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test("has nothing that a terminal obeys, and is the same when it is made printable again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => {
        expect(printable(text)).not.toMatch(unprintable);
        expect(printable(printable(text))).toBe(printable(text));
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
