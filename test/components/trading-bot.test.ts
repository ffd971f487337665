import { describe, expect, test } from "@jest/globals";
import { botNetwork } from "../../components/egress/bot-network.ts";
import type { BotSettings } from "../../components/settings/bot/settings.ts";
import { botFiles } from "../../components/trading-bot.ts";

const bot: BotSettings = {
  command: ["/usr/bin/python3", "{program}/bot.py"],
  mode: "live",
  hasDryRun: false,
  workingDirectory: "{state}",
  environment: {},
  secrets: {},
  key: { kind: "environment", apiKey: "KEY", apiSecret: "SECRET" },
  profile: "strict",
  watchdogSeconds: 0,
  connectionMinutes: 0,
  mayEnd: false,
  executableTmp: false,
  packages: [],
  hosts: [],
  ui: undefined,
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
  expect(installed({ ...bot, executableTmp: true })).toContain("executable-tmp.conf");
  expect(installed({ ...bot, watchdogSeconds: 60 })).toContain("notify.conf");
  expect(installed({ ...bot, connectionMinutes: 5 })).toContain("connection.conf");
  expect(installed({ ...bot, key: { kind: "none" } })).toContain("without-key.conf");
});

test("the bot's first process gets the limit, and the proxy's addresses of Binance's streams", () => {
  const files = botFiles({ ...bot, connectionMinutes: 5 });
  const content = files.find(({ path }) => path.endsWith("connection.conf"))?.content ?? "";
  const [, seconds, ...addresses] = /"BOT_INIT_CONNECTION=(\d+) (.*)"/.exec(content) ?? [];
  expect(seconds).toBe("300");
  const record = /^host-record=ws-api\.binance\.com,([\d.]+),0$/m.exec(botNetwork([]).names)?.[1];
  expect(addresses.join(" ").split(" ")).toContain(record);
});

test("a command of Debian's own doesn't wait for a program", () => {
  expect(installed({ ...bot, command: ["/usr/bin/true"] })).toEqual(["bot.json"]);
});

test("previous files that are no longer wanted are removed", () => {
  expect(installed(undefined)).toEqual([]);
  expect(installed({ ...bot, command: [], key: { kind: "none" } })).toEqual(["without-key.conf"]);
});

describe("the bot's other secrets", () => {
  const credential = (settings: BotSettings | undefined) =>
    botFiles(settings).find(({ path }) => path === "/etc/credstore.encrypted/trading-bot-secrets");

  test("are one encrypted credential, in the same delivery as the settings that name them", () => {
    const settings = { ...bot, secrets: { B: "the-second", A: "the-first" } };
    expect(credential(settings)).toMatchObject({
      content: '{"A":"the-first","B":"the-second"}',
      credential: "trading-bot-secrets",
      mode: "0600",
    });
    expect(installed(settings)).toContain("zz-secrets.conf");
    const others = botFiles(settings).filter((file) => file.credential === undefined);
    expect(JSON.stringify(others)).not.toMatch(/the-first|the-second/);
    const settingsFile = others.find(({ path }) => path.endsWith("bot.json"))?.content;
    expect(JSON.parse(settingsFile ?? "")).toMatchObject({ secrets: ["A", "B"] });
  });

  test("are removed when they are removed from the settings, and aren't there without a bot", () => {
    const withoutBot = { ...bot, command: [], secrets: { A: "the-first" } };
    for (const settings of [undefined, bot, withoutBot]) {
      expect(credential(settings)).toMatchObject({ content: null });
      expect(installed(settings)).not.toContain("zz-secrets.conf");
    }
  });

  test("leave the settings of a bot without secrets as they were", () => {
    expect(botFiles(bot).find(({ path }) => path.endsWith("bot.json"))?.content).not.toContain("secrets");
  });
});

describe("paper mode", () => {
  const pair = { apiKey: "demo-key", apiSecret: "demo-secret" };
  const paper: BotSettings = { ...bot, mode: "paper" };
  const settingsFile = (settings: BotSettings) =>
    botFiles(settings, pair).find(({ path }) => path.endsWith("bot.json"))?.content ?? "";
  const credential = (settings: BotSettings) =>
    botFiles(settings, pair).find(({ path }) => path === "/etc/credstore.encrypted/trading-bot-demo-key");

  test("takes the live key pair from the unit, and gives it the demo key pair", () => {
    const files = botFiles(paper, pair);
    const names = files.filter(({ content }) => content !== null).map(({ path }) => path.split("/").at(-1));
    expect(names).toEqual(expect.arrayContaining(["without-key.conf", "zz-demo-key.conf"]));
    expect(credential(paper)).toMatchObject({
      content: '{"apiKey":"demo-key","apiSecret":"demo-secret"}',
      credential: "trading-bot-demo-key",
      mode: "0600",
    });
    expect(JSON.parse(settingsFile(paper))).toMatchObject({ mode: "paper", demoKey: true });
  });

  test("of a bot with a dry run needs no key pair at all", () => {
    const dryRun = { ...paper, hasDryRun: true };
    expect(credential(dryRun)?.content).toBeNull();
    expect(JSON.parse(settingsFile(dryRun))).toMatchObject({ mode: "paper", demoKey: false });
    expect(installed(dryRun)).toContain("without-key.conf");
    expect(installed(dryRun)).not.toContain("zz-demo-key.conf");
  });

  test("leaves a live bot as it was", () => {
    expect(credential(bot)?.content).toBeNull();
    expect(settingsFile(bot)).not.toMatch(/mode|demoKey/);
    expect(installed(bot)).toEqual(["program.conf", "bot.json"]);
  });
});
