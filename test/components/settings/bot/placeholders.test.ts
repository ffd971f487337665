import { expect, test } from "@jest/globals";
import { textsOf, uses } from "../../../../components/settings/bot/placeholders.ts";
import { resolved } from "./support.ts";

const bot = { ...resolved, environment: { A: "{keyFile}", B: "b" } };

test("placeholders are replaced in the command, the working directory and the environment", () => {
  expect(textsOf(bot)).toEqual([
    { part: "command", text: "/usr/bin/python3" },
    { part: "command", text: "{program}/bot.py" },
    { part: "workingDirectory", text: "{state}" },
    { part: "environment.A", text: "{keyFile}" },
    { part: "environment.B", text: "b" },
  ]);
});

test("a placeholder is used if it is in one of them", () => {
  expect(uses(bot, "program")).toBe(true);
  expect(uses(bot, "keyFile")).toBe(true);
  expect(uses(bot, "credential")).toBe(false);
});
