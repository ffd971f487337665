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
  hosts: [],
};

/** The names of what is there, of the files that depend on the settings. */
function there(settings: BotSettings | undefined): string[] {
  return botFiles(settings)
    .filter(({ path, content }) => content !== null && /bot\.json$|\.service\.d/.test(path))
    .map(({ path }) => path.slice(path.lastIndexOf("/") + 1));
}

test("the default sandbox has no exception, and waits for the program", () => {
  expect(there(bot)).toEqual(["program.conf", "bot.json"]);
});

test("each setting brings its exception from the default sandbox, and no other", () => {
  expect(there({ ...bot, profile: "jit" })).toContain("jit.conf");
  expect(there({ ...bot, watchdogSeconds: 60 })).toContain("notify.conf");
  expect(there({ ...bot, key: { kind: "none" } })).toContain("without-key.conf");
});

test("a command of Debian's own waits for no program", () => {
  expect(there({ ...bot, command: ["/usr/bin/true"] })).toEqual(["bot.json"]);
});

test("what was there before and is no longer wanted is taken away", () => {
  expect(there(undefined)).toEqual([]);
  expect(there({ ...bot, command: [], key: { kind: "none" } })).toEqual(["without-key.conf"]);
});
