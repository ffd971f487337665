import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { list, quote } from "../../hetzner/text.ts";
import { unprintable } from "../support/terminal.ts";

test("what Hetzner writes becomes one short line that a terminal can show, without the token", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
      const quoted = quote(`${text}secret-token${text}`, "secret-token");
      expect(quoted).not.toMatch(unprintable);
      expect(quoted).not.toMatch(/[\n\t]|secret-token/);
      expect(quoted.length).toBeLessThanOrEqual(201);
    }),
  );
});

test("a list is written as in a sentence", () => {
  expect([list([]), list(["a"]), list(["a", "b"]), list(["a", "b", "c"], "or")]).toEqual([
    "",
    "a",
    "a and b",
    "a, b or c",
  ]);
});
