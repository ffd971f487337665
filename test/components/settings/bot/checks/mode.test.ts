import { describe, expect, test } from "@jest/globals";
import { usesDemoKey, usesKey } from "../../../../../components/settings/bot/settings.ts";
import { parse, sound } from "../support.ts";

const demoKeyPair = { apiKey: "a-demo-key", apiSecret: "a-demo-secret" };

test("a bot is live unless it is set to paper mode", () => {
  const { bot } = parse(sound);
  expect(bot?.mode).toBe("live");
  expect([usesKey(bot), usesDemoKey(bot)]).toEqual([true, false]);
});

describe("freqtrade in paper mode", () => {
  const paper = { preset: "freqtrade", mode: "paper" };

  test("does a dry run, and needs no key", () => {
    const { bot, findings } = parse(paper);
    expect(findings).toEqual([]);
    expect(bot?.environment.FREQTRADE__DRY_RUN).toBe("true");
    expect([usesKey(bot), usesDemoKey(bot)]).toEqual([false, false]);
    expect(parse({ preset: "freqtrade" }).bot?.environment).not.toHaveProperty("FREQTRADE__DRY_RUN");
  });

  test.each([
    "FREQTRADE__DRY_RUN",
    // freqtrade reads these as the same one.
    "FREQTRADE__dry_run",
    "FREQTRADE__FREQTRADE__DRY_RUN",
  ])("can't be set to trade with real money by %s", (name) => {
    expect(parse({ ...paper, environment: { [name]: "false" } }).findings).toMatchObject([
      { severity: "error", setting: `bot.environment.${name}` },
    ]);
    const secret = parse({ ...paper, secrets: { [name]: "false" } }, { encrypted: [`secrets.${name}`] });
    expect(secret.bot).toBeUndefined();
    expect(secret.findings).toMatchObject([
      {
        severity: "error",
        setting: `bot.secrets.${name}`,
        problem: expect.stringContaining("the preset sets"),
        command: `pulumi config rm --path bot.secrets.${name}`,
      },
    ]);
  });

  test.each<[string, object, string]>([
    ["a variable", { environment: { FREQTRADE__DB_URL: "sqlite:///x" } }, "environment.FREQTRADE__DB_URL"],
    [
      "its other case",
      { environment: { FREQTRADE__db_url: "sqlite:///x" } },
      "environment.FREQTRADE__db_url",
    ],
    ["its command", { command: "{program}/.venv/bin/freqtrade trade --db-url sqlite:///x" }, "command"],
    [
      "its command, with =",
      { command: "{program}/.venv/bin/freqtrade trade --db-url=sqlite:///x" },
      "command",
    ],
  ])("can't get the live bot's database by %s", (_, set, part) => {
    expect(parse({ ...paper, ...set }).findings).toMatchObject([
      { severity: "error", setting: `bot.${part}`, command: `pulumi config rm --path bot.${part}` },
    ]);
    expect(parse({ preset: "freqtrade", ...set }).findings).toEqual([]);
  });

  test("can't get it by a secret", () => {
    const secrets = { FREQTRADE__DB_URL: "postgresql://u:p@db.example.net/x" };
    const { findings } = parse({ ...paper, secrets }, { encrypted: ["secrets.FREQTRADE__DB_URL"] });
    expect(findings).toMatchObject([{ severity: "error", setting: "bot.secrets.FREQTRADE__DB_URL" }]);
  });

  test("may have the same variable when it is live", () => {
    const environment = { FREQTRADE__DRY_RUN: "false" };
    expect(parse({ preset: "freqtrade", environment }).findings).toEqual([]);
  });
});

describe("another bot in paper mode", () => {
  test("needs a demo key pair", () => {
    expect(parse({ ...sound, mode: "paper" }).findings).toEqual([
      expect.objectContaining({
        severity: "error",
        setting: "bot.mode",
        problem: "is paper, but there is no demo key pair",
      }),
    ]);
  });

  test("isn't reported twice if the demo key pair is set, but can't be valid", () => {
    expect(parse({ ...sound, mode: "paper" }, { isDemoKeySet: true }).findings).toEqual([]);
  });

  test("gets the demo key pair", () => {
    const { bot, findings } = parse({ ...sound, mode: "paper" }, { demoKeyPair });
    expect(findings).toEqual([]);
    expect([usesKey(bot), usesDemoKey(bot)]).toEqual([false, true]);
  });

  test("gets none if it prompts for its key", () => {
    const { bot, findings } = parse({ ...sound, key: "none", mode: "paper" });
    expect(findings).toEqual([]);
    expect(usesDemoKey(bot)).toBe(false);
  });

  test("reads the demo key pair from other variables, if it is NautilusTrader", () => {
    const { bot } = parse({ preset: "nautilus-trader", mode: "paper" }, { demoKeyPair });
    expect(bot?.key).toMatchObject({ apiKey: "BINANCE_DEMO_API_KEY" });
  });
});
