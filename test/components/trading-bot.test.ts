import { expect, test } from "@jest/globals";
import type { BotSettings } from "../../components/settings/bot/settings.ts";
import { botFiles } from "../../components/trading-bot.ts";

const bot: BotSettings = {
  command: ["/usr/bin/python3", "{program}/bot.py"],
  workingDirectory: "{state}",
  environment: {},
  key: { kind: "environment", apiKey: "KEY", apiSecret: "SECRET" },
  profile: "strict",
  watchdogSeconds: 0,
  mayEnd: false,
  hosts: [],
};

/** The names of the installed files, of those that depend on the settings. */
function installed(settings: BotSettings | undefined): string[] {
  return botFiles(settings)
    .filter(({ path, content }) => content !== null && /bot\.json$|\.service\.d\/(?!\d|moving)/.test(path))
    .map(({ path }) => path.slice(path.lastIndexOf("/") + 1));
}

test("the default sandbox has no exception, and the unit waits for the program", () => {
  expect(installed(bot)).toEqual(["program.conf", "bot.json"]);
});

test("each setting adds its own exception from the default sandbox, and no other", () => {
  expect(installed({ ...bot, profile: "jit" })).toContain("jit.conf");
  expect(installed({ ...bot, mayEnd: true })).toContain("may-end.conf");
  expect(installed({ ...bot, watchdogSeconds: 60 })).toContain("notify.conf");
  expect(installed({ ...bot, key: { kind: "none" } })).toContain("without-key.conf");
});

test("a command of Debian's own doesn't wait for a program", () => {
  expect(installed({ ...bot, command: ["/usr/bin/true"] })).toEqual(["bot.json"]);
});

test("previous files that are no longer wanted are removed", () => {
  expect(installed(undefined)).toEqual([]);
  expect(installed({ ...bot, command: [], key: { kind: "none" } })).toEqual(["without-key.conf"]);
});
