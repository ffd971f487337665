import { describe, expect, test } from "@jest/globals";
import { checkFreqtrade } from "../../../../../scripts/lib/program/checks/freqtrade.ts";
import { folderWith, freqtrade } from "./support.ts";

function check(config: object | string, bot = freqtrade, files: Record<string, string> = {}) {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  return checkFreqtrade(folderWith({ "config.json": text, ...files }), bot);
}

describe("a host that the configuration needs", () => {
  test.each<[string, object, string]>([
    ["Telegram", { telegram: { enabled: true, token: "x" } }, "api.telegram.org"],
    ["MarketCapPairList", { pairlists: [{ method: "MarketCapPairList" }] }, "api.coingecko.com"],
    [
      "RemotePairList",
      { pairlists: [{ method: "RemotePairList", pairlist_url: "https://lists.example.net:8443/a.json" }] },
      "lists.example.net:8443",
    ],
    ["a webhook", { webhook: { enabled: true, url: "https://hooks.example.net/x" } }, "hooks.example.net"],
    ["Discord", { discord: { enabled: true, webhook_url: "https://discord.com/api" } }, "discord.com"],
    [
      "another freqtrade",
      { external_message_consumer: { enabled: true, producers: [{ host: "other.example.net" }] } },
      "other.example.net:8080",
    ],
    ["a database", { db_url: "postgresql+psycopg2://u@db.example.net/f" }, "db.example.net:5432"],
  ])("%s", (_, config, host) => {
    expect(check(config)).toEqual([
      { severity: "error", message: expect.stringContaining(host), settings: { hosts: [host] } },
    ]);
    expect(check(config, { ...freqtrade, hosts: ["a.example.com", host] })).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["code for a shell", { db_url: "postgresql://u:p@db$(id).example.net/x" }, "is not a full host name"],
    [
      "quotes",
      { webhook: { enabled: true, url: 'https://a";id;".example.com/x' } },
      "is not a full host name",
    ],
    ["an address", { db_url: "postgresql://u@10.0.0.5/x" }, "is an IP address"],
    [
      "an address with a port",
      { external_message_consumer: { enabled: true, producers: [{ host: "1.2.3.4" }] } },
      "is an IP address",
    ],
    ["an encoded name", { db_url: "mysql://b%C3%BCcher_1.example/x" }, "is not a full host name"],
  ])("gets into no command if bot.hosts would refuse it: %s", (_, config, problem) => {
    expect(check(config)).toEqual([
      {
        severity: "error",
        message: expect.stringMatching(new RegExp(`, and bot\\.hosts can't list ".+", which ${problem}\\.$`)),
        remedy: expect.stringContaining("name"),
      },
    ]);
  });

  test("CoinGecko for a currency is a warning: the bot trades without it", () => {
    expect(check({ fiat_display_currency: "EUR" })).toMatchObject([
      { severity: "warning", settings: { hosts: ["api.coingecko.com"] } },
    ]);
  });

  test("below a name with *.", () => {
    const config = { telegram: { enabled: true } };
    expect(check(config, { ...freqtrade, hosts: ["*.telegram.org"] })).toEqual([]);
    expect(check(config, { ...freqtrade, hosts: ["*.org", "telegram.org"] })).toEqual([]);
    expect(check(config, { ...freqtrade, hosts: ["telegram.org", "*.api.telegram.org"] })).toHaveLength(1);
  });
});

describe("no host is needed", () => {
  test.each<[string, object]>([
    [
      "by what is off",
      { telegram: { enabled: false }, webhook: { enabled: false, url: "https://a.example.net" } },
    ],
    ["by the bot's own computer", { db_url: "sqlite:////var/lib/x.sqlite" }],
    [
      "by its own address",
      { external_message_consumer: { enabled: true, producers: [{ host: "127.0.0.1" }] } },
    ],
    ["by an empty currency", { fiat_display_currency: "" }],
    ["by parts that are malformed", { telegram: "yes", pairlists: 1, add_config_files: {} }],
  ])("%s", (_, config) => {
    expect(check(config)).toEqual([]);
  });

  test("by another program", () => {
    const other = { ...freqtrade, command: ["{program}/bot", "--config", "{program}/config.json"] };
    expect(check({ telegram: { enabled: true } }, other)).toEqual([]);
    expect(checkFreqtrade(folderWith({}), undefined)).toEqual([]);
  });

  test("if the environment turns it off", () => {
    const environment = { FREQTRADE__TELEGRAM__ENABLED: "false" };
    expect(check({ telegram: { enabled: true } }, { ...freqtrade, environment })).toEqual([]);
  });
});

test("Telegram that the environment turns on is reported there", () => {
  const environment = { FREQTRADE__TELEGRAM__ENABLED: "true" };
  expect(check({}, { ...freqtrade, environment })).toMatchObject([
    {
      message: expect.stringMatching(/^bot\.environment\.FREQTRADE__TELEGRAM__ENABLED: Telegram is enabled/),
    },
  ]);
});

test("a dry run must not use the live bot's database", () => {
  const config = { db_url: "sqlite:////var/lib/trading-bot/tradesv3.sqlite" };
  const environment = { FREQTRADE__DRY_RUN: "true" };
  expect(check(config, { ...freqtrade, environment })).toEqual([
    {
      severity: "error",
      message: expect.stringMatching(/^config\.json: db_url is set, and the bot does a dry run\./),
      remedy: expect.stringContaining("Remove db_url"),
    },
  ]);
  expect(check({}, { ...freqtrade, environment })).toEqual([]);
});

test("comments and trailing commas are read, and files that the configuration adds", () => {
  const text =
    '{ // "telegram"\n "db_url": "sqlite:///a//b", /* , */ "add_config_files": ["more/t.json",], }';
  expect(check(text, freqtrade, { "more/t.json": '{"telegram": {"enabled": true}}' })).toMatchObject([
    { message: "more/t.json: Telegram is enabled, and bot.hosts doesn't list api.telegram.org." },
  ]);
});

describe("more than one file is read as freqtrade reads them", () => {
  const telegram = (enabled: boolean) => JSON.stringify({ telegram: { enabled } });

  test.each<[string, object, Record<string, string>, string[]]>([
    [
      "a file takes precedence over those that it adds",
      { telegram: { enabled: false }, add_config_files: ["more.json"] },
      { "more.json": telegram(true) },
      [],
    ],
    [
      "of those that it adds, the last one takes precedence",
      { add_config_files: ["off.json", "on.json"] },
      { "off.json": telegram(false), "on.json": telegram(true) },
      ["on.json: Telegram is enabled, and bot.hosts doesn't list api.telegram.org."],
    ],
    [
      "objects are merged, and null counts as not set",
      { webhook: { enabled: true, url: null }, add_config_files: ["a/b.json"] },
      {
        "a/b.json": '{"add_config_files": ["../c.json"]}',
        "c.json": '{"webhook": {"url": "https://hooks.example.net"}}',
      },
      ["config.json: the webhook is enabled, and bot.hosts doesn't list hooks.example.net."],
    ],
    ["files that add each other end", { add_config_files: ["config.json"] }, {}, []],
  ])("%s", (_, config, files, messages) => {
    expect(check(config, freqtrade, files).map(({ message }) => message)).toEqual(messages);
  });

  test("of the command's files, a later one takes precedence", () => {
    const bot = { ...freqtrade, command: [...freqtrade.command, "--config={program}/last.json"] };
    expect(check({ telegram: { enabled: true } }, bot, { "last.json": telegram(false) })).toEqual([]);
  });

  test("a database of the live bot is found in an added file", () => {
    const bot = { ...freqtrade, environment: { FREQTRADE__DRY_RUN: "true" } };
    expect(
      check({ add_config_files: ["more.json"] }, bot, { "more.json": '{"db_url": "sqlite:///x"}' }),
    ).toMatchObject([{ message: expect.stringMatching(/^more\.json: db_url is set/) }]);
  });

  test.each(["missing.json", "../secrets.json", "/etc/secrets.json"])(
    "%s, which the program doesn't have, is reported",
    (name) => {
      expect(check({ add_config_files: [name] })).toMatchObject([
        { severity: "warning", message: expect.stringContaining(`"${name}", which isn't in the program`) },
      ]);
    },
  );
});
