import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseBot } from "../../../../components/settings/bot/bot.ts";
import { leaks, tokenPair } from "../../../arbitraries.ts";
import { accepted, key, parse, resolved, sound } from "./support.ts";

/** A host on the usual port. */
const host = (name: string) => ({ name, ports: [443], wildcard: false });

describe("a bot", () => {
  test("needs a command and a way to get its key", () => {
    expect(accepted(sound)).toEqual(resolved);
  });

  test.each(["", " ", "{}"])("is not configured if the setting is %j", (text) => {
    expect(
      parseBot(text, { encrypted: [], keyPair: undefined, demoKeyPair: undefined, isDemoKeySet: false }),
    ).toEqual({
      bot: undefined,
      findings: [],
    });
  });

  test("is read as `pulumi config set --path` stores its parts", () => {
    const bot = accepted({
      ...sound,
      command: ["{program}/bot", "--every", 30],
      environment: { DRY_RUN: true, CHAT: -1001234567890, RATIO: 0.5, NAME: "x" },
      watchdogSeconds: 60,
      mayEnd: true,
      hosts: "api.telegram.org, API.telegram.org,data-api.binance.vision",
    });
    expect(bot).toEqual({
      ...resolved,
      command: ["{program}/bot", "--every", "30"],
      environment: { DRY_RUN: "true", CHAT: "-1001234567890", RATIO: "0.5", NAME: "x" },
      watchdogSeconds: 60,
      mayEnd: true,
      hosts: [host("api.telegram.org"), host("api.telegram.org"), host("data-api.binance.vision")],
    });
  });

  test("is read with quoted numbers and booleans, as a person may write them in the file", () => {
    expect(accepted({ ...sound, watchdogSeconds: "60", mayEnd: "true" })).toMatchObject({
      watchdogSeconds: 60,
      mayEnd: true,
    });
    expect(accepted({ ...sound, mayEnd: "false" }).mayEnd).toBe(false);
  });

  test("is read with lists", () => {
    expect(accepted({ ...sound, hosts: ["a.example", "b.example"] }).hosts).toEqual([
      host("a.example"),
      host("b.example"),
    ]);
  });
});

const keyFile = { file: { name: "key.json", template: '{"key": "{apiKey}", "secret": "{apiSecret}"}' } };

describe("all mistakes are found at once", () => {
  const settings = (bot: unknown) => parse(bot).findings.map(({ setting }) => setting);

  test("in the parts' forms", () => {
    expect(settings({ preset: "none", command: 1, workingDirectory: 2, something: 3 })).toEqual([
      "bot.command",
      "bot.workingDirectory",
      "bot.something",
    ]);
  });

  test("in the forms of some parts, and in what the others say", () => {
    expect(settings({ command: "bot", watchdogSeconds: 5, hosts: "*.org" })).toEqual([
      "bot.watchdogSeconds",
      "bot.key",
      "bot.command",
      "bot.hosts",
    ]);
  });

  test.each([
    ["preset", { preset: "freqtade", workingDirectory: "data" }, ["bot.preset", "bot.workingDirectory"]],
    ["command", { ...sound, command: {} }, ["bot.command"]],
    ["key", { command: "{program}/bot {keyFile}", key: "one" }, ["bot.key"]],
    ["environment", { ...sound, key: keyFile, environment: 1 }, ["bot.environment"]],
    [
      "workingDirectory",
      { ...sound, workingDirectory: 1, command: "/bin/a bot.py" },
      ["bot.workingDirectory"],
    ],
    ["hosts", { ...sound, hosts: [1] }, ["bot.hosts"]],
  ])("but nothing is said about what depends on a malformed part: %s", (_, bot, expected) => {
    expect(settings(bot)).toEqual(expected);
  });

  test("a misspelled part isn't also reported as missing", () => {
    expect(settings({ comand: "{program}/bot", key })).toEqual(["bot.comand"]);
    expect(settings({ command: "{program}/bot", kye: key })).toEqual(["bot.kye"]);
  });

  test("in what the parts say", () => {
    const found = settings({
      command: "bot {apiKey}",
      workingDirectory: "data",
      key: { environment: { apiKey: "A", apiSecret: "A" } },
      environment: { A: "x", "": "y" },
      hosts: "*.org",
    });
    expect(found).toEqual([
      "bot.command",
      "bot.workingDirectory",
      "bot.command",
      "bot.environment.A",
      "bot.environment.",
      "bot.key.environment.apiSecret",
      "bot.hosts",
    ]);
  });

  test("and then there is no bot, but a warning alone doesn't prevent it", () => {
    expect(parse({ ...sound, hosts: "localhost" }).bot).toBeUndefined();
    const { bot, findings } = parse({ ...sound, command: "/usr/bin/python3 bot.py" });
    expect(findings).toMatchObject([{ severity: "warning", setting: "bot.command" }]);
    expect(bot?.command).toEqual(["/usr/bin/python3", "bot.py"]);
  });
});

test("a shell's operator in a list is meant literally", () => {
  expect(accepted({ ...sound, command: ["/bin/bot", "&&"] }).command).toEqual(["/bin/bot", "&&"]);
  expect(parse({ ...sound, command: "/bin/bot &&" }).bot).toBeUndefined();
});

test("a key pair anywhere in bot is reported alone, and no message contains a part of it", () => {
  const file = { command: "{program}/bot {keyFile}", name: "k.json", template: "{apiKey}{apiSecret}" };
  const placed = (value: string) =>
    fc.constantFrom<unknown>(
      { ...sound, environment: { A: value } },
      { ...sound, environment: { [value]: "A" } },
      { ...sound, command: `/bin/bot --key=${value}` },
      { ...sound, command: [value] },
      { ...sound, command: `${value} 'open` },
      { ...sound, [value]: 1 },
      { ...sound, hosts: [value] },
      { ...sound, key: value },
      { ...sound, key: { path: value } },
      { command: file.command, key: { file: { name: file.name, template: value } } },
      { command: file.command, key: { file: { name: value, template: file.template } } },
      value,
      { preset: value },
    );
  fc.assert(
    fc.property(
      tokenPair.chain((pair) => fc.tuple(fc.constant(pair), placed(pair.apiSecret), fc.boolean())),
      ([pair, bot, known]) => {
        fc.pre(/[a-z]/.test(pair.apiSecret) && /[A-Z]/.test(pair.apiSecret) && /\d/.test(pair.apiSecret));
        const parsed = parse(bot, known ? { keyPair: pair } : {});
        expect(parsed.bot).toBeUndefined();
        expect(parsed.findings).toHaveLength(1);
        expect(leaks(JSON.stringify(parsed.findings), pair.apiSecret)).toBe(false);
      },
    ),
  );
});

test("a part that is stored encrypted, and isn't a secret of the bot, is refused", () => {
  expect(parse(sound, { encrypted: ["command"] })).toMatchObject({
    bot: undefined,
    findings: [{ setting: "bot.command" }],
  });
});

test("a bot has other secrets, which are stored encrypted and never shown", () => {
  const secrets = { TELEGRAM_TOKEN: "123:the-token", PIN: 1234 };
  const encrypted = ["secrets.TELEGRAM_TOKEN", "secrets.PIN"];
  const { bot, findings } = parse({ ...sound, secrets }, { encrypted });
  expect(findings).toEqual([]);
  expect(bot?.secrets).toEqual({ TELEGRAM_TOKEN: "123:the-token", PIN: "1234" });
  const malformed = parse({ ...sound, secrets: { A: ["the-token"] } }, { encrypted: ["secrets.A.0"] });
  expect(malformed.bot).toBeUndefined();
  expect(JSON.stringify(malformed.findings)).not.toContain("the-token");
});

test("any JSON gives findings or a bot, and never a crash", () => {
  fc.assert(
    fc.property(
      fc.record(
        {
          preset: fc.oneof(fc.constantFrom("freqtrade", "none"), fc.jsonValue()),
          command: fc.oneof(fc.string(), fc.jsonValue()),
          environment: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
          key: fc.oneof(fc.constant(key), fc.jsonValue()),
          hosts: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
          watchdogSeconds: fc.oneof(fc.nat(), fc.jsonValue()),
          mayEnd: fc.oneof(fc.boolean(), fc.jsonValue()),
        },
        { requiredKeys: [] },
      ),
      (value) => {
        const { bot, findings } = parse(value);
        const errors = findings.filter(({ severity }) => severity === "error");
        if (Object.keys(value).length > 0) {
          expect(bot === undefined).toBe(errors.length > 0);
        }
      },
    ),
  );
});
