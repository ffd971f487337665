import { expect, test } from "@jest/globals";
import * as z from "zod";
import { entryOf, malformed } from "../../../components/settings/entry.ts";

test("a setting without a description is a bug", () => {
  expect(() => entryOf(z.string())).toThrow();
});

test("what an entry leaves out has a default", () => {
  expect(entryOf(z.string().meta({ description: "x" }))).toEqual({
    description: "x",
    rule: "has the wrong form",
    secret: false,
    required: false,
  });
});

test.each([
  ["Futures", "futures"],
  ["futurs", "futures"],
  ["margin", "spot"],
])("the command sets the value that was meant: %s", (value, meant) => {
  const schema = z.enum(["spot", "futures"]).default("spot").meta({ description: "x", example: "spot" });
  expect(malformed("NAME", schema, value).command).toBe(`pulumi config set NAME ${meant}`);
});

test("without an example, the command removes the value", () => {
  expect(malformed("NAME", z.string().meta({ description: "x" }), "1").command).toBe("pulumi config rm NAME");
});
