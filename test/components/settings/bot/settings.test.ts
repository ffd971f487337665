import { describe, expect, test } from "@jest/globals";
import {
  botConfiguration,
  type BotSettings,
  hasCommand,
} from "../../../../components/settings/bot/settings.ts";
import { resolved } from "./support.ts";

test("there is a bot to run if it has a command", () => {
  expect(hasCommand(resolved)).toBe(true);
  expect(hasCommand({ ...resolved, command: [] })).toBe(false);
  expect(hasCommand(undefined)).toBe(false);
});

describe("bot.json", () => {
  test("is what the launcher reads, whatever the order of the settings", () => {
    const expected = `{
  "command": [
    "/usr/bin/python3",
    "{program}/bot.py"
  ],
  "workingDirectory": "{state}",
  "environment": {
    "A": "1",
    "B": "2"
  },
  "key": {
    "kind": "environment",
    "apiKey": "BINANCE_API_KEY",
    "apiSecret": "BINANCE_API_SECRET"
  },
  "watchdogSeconds": 0
}
`;
    expect(botConfiguration({ ...resolved, environment: { B: "2", A: "1" } })).toBe(expected);
    const { hosts, key, command, environment, ...rest } = { ...resolved, environment: { A: "1", B: "2" } };
    expect(botConfiguration({ ...rest, hosts, key, environment, command })).toBe(expected);
  });

  test.each<[BotSettings["key"], object]>([
    [
      { format: "text", template: "T", name: "k", kind: "file" },
      { kind: "file", name: "k", template: "T", format: "text" },
    ],
    [
      { variable: "V", kind: "path" },
      { kind: "path", variable: "V" },
    ],
    [{ kind: "none" }, { kind: "none" }],
  ])("has the key in a fixed order: %j", (key, expected) => {
    const text = botConfiguration({ ...resolved, key });
    expect(text).toContain(`"key": ${JSON.stringify(expected, undefined, 2).replaceAll("\n", "\n  ")},`);
  });
});
