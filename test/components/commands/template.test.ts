import { expect, test } from "@jest/globals";
import { fillTemplate } from "../../../components/commands/template.ts";

test("a placeholder becomes its value", () => {
  expect(fillTemplate("a @one@ b", { one: "1" })).toBe("a 1 b");
});

test("a placeholder without a value is an error", () => {
  expect(() => fillTemplate("a @one@ b", {})).toThrow("has @one@, but there is no value for it");
});

test("a value without a placeholder is an error", () => {
  expect(() => fillTemplate("a", { one: "1" })).toThrow("no placeholder for one");
});
