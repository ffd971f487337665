import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseBot } from "../../../../components/settings/bot/bot.ts";
import { botConfiguration, type BotSettings } from "../../../../components/settings/bot/settings.ts";
import { leaks, tokenPair } from "../../../arbitraries.ts";

const key = { environment: { apiKey: "BINANCE_API_KEY", apiSecret: "BINANCE_API_SECRET" } };
const sound = { command: "/usr/bin/python3 {program}/bot.py", key };

function parse(bot: unknown, circumstances: Partial<Parameters<typeof parseBot>[1]> = {}) {
  return parseBot(JSON.stringify(bot), { storedEncrypted: false, keyPair: undefined, ...circumstances });
}

function problems(bot: unknown, circumstances?: Partial<Parameters<typeof parseBot>[1]>): string[] {
  return parse(bot, circumstances).findings.map(
    ({ severity, setting, problem }) => `${severity}: ${setting} ${problem}`,
  );
}

function accepted(bot: unknown): BotSettings {
  const parsed = parse(bot);
  expect(parsed.findings).toEqual([]);
  if (parsed.bot === undefined) {
    throw new Error("no bot was read");
  }
  return parsed.bot;
}

describe("a bot", () => {
  test("is none where nothing is set of it", () => {
    for (const text of ["", " ", "{}"]) {
      expect(parseBot(text, { storedEncrypted: false, keyPair: undefined })).toEqual({
        bot: undefined,
        findings: [],
      });
    }
  });

  test("needs a command and a way to take its key", () => {
    expect(accepted(sound)).toEqual({
      command: ["/usr/bin/python3", "{program}/bot.py"],
      workingDirectory: "{state}",
      environment: {},
      key: { kind: "environment", apiKey: "BINANCE_API_KEY", apiSecret: "BINANCE_API_SECRET" },
      profile: "strict",
      watchdogSeconds: 0,
      hosts: [],
    });
  });

  test("is read as `pulumi config set --path` types its parts", () => {
    const bot = accepted({
      ...sound,
      command: ["{program}/bot", "--every", 30],
      environment: { DRY_RUN: true, CHAT: -1001234567890, RATIO: 0.5, NAME: "x" },
      watchdogSeconds: 60,
      hosts: "api.telegram.org, API.telegram.org,data-api.binance.vision",
    });
    expect(bot.command).toEqual(["{program}/bot", "--every", "30"]);
    expect(bot.environment).toEqual({ DRY_RUN: "true", CHAT: "-1001234567890", RATIO: "0.5", NAME: "x" });
    expect(bot.watchdogSeconds).toBe(60);
    expect(bot.hosts).toEqual(["api.telegram.org", "data-api.binance.vision"]);
  });

  test.each<[unknown, object]>([
    [{ file: { name: "k.json", template: '["{apiKey}","{apiSecret}"]' } }, { kind: "file", format: "json" }],
    [{ file: { name: "k.ini", template: "{apiKey}{apiSecret}", format: "text" } }, { format: "text" }],
    [{ path: "KEY_FILE" }, { kind: "path", variable: "KEY_FILE" }],
    ["none", { kind: "none" }],
  ])("takes its key by %j", (way, resolved) => {
    expect(parse({ command: "{program}/bot", key: way }).bot?.key).toMatchObject(resolved);
  });
});

describe("a preset", () => {
  test("starts freqtrade with its state apart from its program, and watched", () => {
    const bot = accepted({ preset: "freqtrade" });
    expect(bot.command.join(" ")).toBe(
      "{program}/.venv/bin/freqtrade trade --config {program}/config.json --userdir {state} --strategy-path {program}/strategies",
    );
    expect(bot.environment).toEqual({ FREQTRADE__INTERNALS__SD_NOTIFY: "true" });
    expect(bot).toMatchObject({
      watchdogSeconds: 300,
      profile: "strict",
      key: { apiKey: "FREQTRADE__EXCHANGE__KEY", apiSecret: "FREQTRADE__EXCHANGE__SECRET" },
    });
  });

  test("leaves freqtrade silent where the watchdog is off", () => {
    expect(accepted({ preset: "freqtrade", watchdogSeconds: 0 }).environment).toEqual({});
  });

  test("starts NautilusTrader", () => {
    expect(accepted({ preset: "nautilus-trader" })).toMatchObject({
      command: ["{program}/.venv/bin/python", "{program}/main.py"],
      key: { apiKey: "BINANCE_API_KEY", apiSecret: "BINANCE_API_SECRET" },
    });
  });

  test("lets a ccxt program make code while it runs, and needs its command", () => {
    expect(problems({ preset: "ccxt" })).toEqual(["error: bot.command is missing"]);
    expect(accepted({ preset: "ccxt", command: "/usr/bin/node {program}/bot.js" })).toMatchObject({
      profile: "jit",
      key: { apiKey: "BINANCE_APIKEY", apiSecret: "BINANCE_SECRET" },
    });
  });

  test("may leave the server without a bot of this program's", () => {
    expect(accepted({ preset: "none" })).toMatchObject({ command: [], key: { kind: "none" } });
  });

  test("gives way to what is set", () => {
    const bot = accepted({
      ...sound,
      preset: "freqtrade",
      profile: "jit",
      watchdogSeconds: 900,
      environment: { FREQTRADE__INTERNALS__SD_NOTIFY: "t", FREQTRADE__DRY_RUN: true },
    });
    expect(bot).toMatchObject({
      command: ["/usr/bin/python3", "{program}/bot.py"],
      key: { apiKey: "BINANCE_API_KEY" },
      profile: "jit",
      watchdogSeconds: 900,
      environment: { FREQTRADE__INTERNALS__SD_NOTIFY: "t", FREQTRADE__DRY_RUN: "true" },
    });
  });
});

const json = '{"a":"{apiKey}","b":"{apiSecret}"}';
const file = (changes: object) => ({
  command: "{program}/bot {keyFile}",
  key: { file: { name: "k.json", template: json, ...changes } },
});

describe("a mistake is refused and named", () => {
  test.each<[string, unknown, string]>([
    ["a word for all of it", "freqtrade", "bot is a single value, where it has parts"],
    ["a list for all of it", [], "bot is a single value, where it has parts"],
    ["a misspelt part", { ...sound, comand: "x" }, "bot.comand is no setting of a bot"],
    [
      "a misspelt part of a part",
      { ...sound, key: { environment: { apikey: "A", apiSecret: "B" } } },
      "bot.key.environment.apikey is no setting of a bot",
    ],
    ["a misspelt way", { ...sound, key: { enviroment: {} } }, "bot.key.enviroment is no setting of a bot"],
    ["an unknown preset", { preset: "hummingbot" }, "bot.preset is no preset"],
    [
      "a command of another kind",
      { ...sound, command: 5 },
      "bot.command is neither a text nor a list of texts",
    ],
    ["nothing but hosts", { hosts: "a.example" }, "bot.command is missing"],
    ["no way to take a key", { command: "/bin/bot" }, "bot.key is missing"],
    ["an empty command", { ...sound, command: " " }, "bot.command is empty"],
    [
      "an open quote",
      { ...sound, command: "/bin/bot 'x" },
      "bot.command has a quote that isn't closed, or ends in a backslash",
    ],
    [
      "a program to be searched",
      { ...sound, command: "python3 bot.py" },
      'bot.command starts with "python3", which is no absolute path',
    ],
    [
      "a folder for a program",
      { ...sound, command: "{program}/" },
      'bot.command starts with "{program}/", which is no absolute path',
    ],
    [
      "a program that the bot could write",
      { ...sound, command: "{state}/bot" },
      "bot.command names a program in a place that the bot can write to",
    ],
    [
      "a variable in front",
      { ...sound, command: "A=1 /bin/bot" },
      "bot.command starts by setting the variable A",
    ],
    [
      "a shell's operator",
      { ...sound, command: "/bin/a && /bin/b" },
      'bot.command holds "&&", but no shell reads it',
    ],
    [
      "a place of no kind",
      { ...sound, command: "/bin/bot {programm}/x" },
      "bot.command holds {programm}, which is no place",
    ],
    [
      "a key in the command",
      { ...sound, command: "/bin/bot {apiSecret}" },
      "bot.command holds {apiSecret}, where the key pair would be seen by others",
    ],
    [
      "a key in a variable",
      { ...sound, environment: { A: "{apiKey}" } },
      "bot.environment.A holds {apiKey}, where the key pair would be seen by others",
    ],
    [
      "a key file that isn't made",
      { ...sound, command: "/bin/bot {keyFile}" },
      "bot.command holds {keyFile}, but there is no key file",
    ],
    [
      "a credential for a bot without",
      { command: "/bin/bot {credential}", key: "none" },
      "bot.command holds {credential}, but this bot gets no key",
    ],
    ["a relative folder", { ...sound, workingDirectory: "data" }, "bot.workingDirectory is no absolute path"],
    ["a folder of another kind", { ...sound, workingDirectory: 1 }, "bot.workingDirectory is no text"],
    ["variables in a row", { ...sound, environment: "A=1" }, "bot.environment is no map of names to texts"],
    [
      "a number that would be rounded",
      { ...sound, environment: { A: 2 ** 60 } },
      "bot.environment is no map of names to texts",
    ],
    [
      "a name for no variable",
      { ...sound, environment: { "A-B": "1" } },
      "bot.environment.A-B has no name for a variable",
    ],
    [
      "systemd's own variable",
      { ...sound, environment: { NOTIFY_SOCKET: "x" } },
      "bot.environment.NOTIFY_SOCKET is the variable NOTIFY_SOCKET, which belongs to systemd",
    ],
    [
      "the credentials' folder",
      { ...sound, key: { path: "CREDENTIALS_DIRECTORY" } },
      "bot.key.path is the variable CREDENTIALS_DIRECTORY, which belongs to systemd",
    ],
    [
      "a variable that the key has",
      { ...sound, environment: { BINANCE_API_KEY: "x" } },
      "bot.environment.BINANCE_API_KEY is set, but bot.key.environment.apiKey puts the key there",
    ],
    [
      "a variable that a preset's key has",
      { preset: "freqtrade", environment: { FREQTRADE__EXCHANGE__KEY: "x" } },
      "bot.environment.FREQTRADE__EXCHANGE__KEY is set, but bot.key.environment.apiKey puts the key there",
    ],
    [
      "half a way",
      { ...sound, key: { environment: { apiKey: "A" } } },
      "bot.key.environment doesn't name the two variables",
    ],
    ["two ways", { ...sound, key: { ...key, path: "A" } }, "bot.key names environment and path at once"],
    ["no way", { ...sound, key: {} }, "bot.key is empty"],
    ["a way of no kind", { ...sound, key: "env" }, "bot.key is no way to take a key"],
    [
      "one variable for both",
      { ...sound, key: { environment: { apiKey: "A", apiSecret: "A" } } },
      "bot.key.environment.apiSecret is the same variable as apiKey",
    ],
    [
      "a variable that can't be",
      { ...sound, key: { path: "1A" } },
      "bot.key.path has no name for a variable",
    ],
    ["a file somewhere else", file({ name: "../k.json" }), "bot.key.file.name is no plain file name"],
    [
      "a file without its template",
      { ...sound, key: { file: { name: "a" } } },
      "bot.key.file isn't complete",
    ],
    ["a format of no kind", file({ format: "yaml" }), "bot.key.file isn't complete"],
    [
      "a template without the secret",
      file({ template: '{"a":"{apiKey}"}' }),
      "bot.key.file.template lacks {apiSecret}",
    ],
    ["a template of nothing", file({ template: "" }), "bot.key.file.template lacks {apiKey} and {apiSecret}"],
    [
      "placeholders without quotes",
      file({ template: '{"a":{apiKey},"b":"{apiSecret}"}' }),
      "bot.key.file.template is no JSON once the pair is filled in",
    ],
    ["a profile of no kind", { ...sound, profile: "loose" }, "bot.profile is no profile"],
    [
      "a watchdog too quick",
      { ...sound, watchdogSeconds: 5 },
      "bot.watchdogSeconds is no number of seconds that can be watched",
    ],
    [
      "a watchdog too slow",
      { ...sound, watchdogSeconds: 3601 },
      "bot.watchdogSeconds is no number of seconds that can be watched",
    ],
    [
      "a watchdog in words",
      { ...sound, watchdogSeconds: "5min" },
      "bot.watchdogSeconds is no number of seconds that can be watched",
    ],
    [
      "a host of no name",
      { ...sound, hosts: ["10.0.0.1"] },
      'bot.hosts holds "10.0.0.1", which is an IP address',
    ],
    ["hosts of another kind", { ...sound, hosts: [1] }, "bot.hosts is no list of host names"],
  ])("%s", (_, bot, expected) => {
    expect(problems(bot)).toContain(`error: ${expected}`);
    expect(parse(bot).bot).toBeUndefined();
  });

  test("all of them at once", () => {
    const settings = parse({
      command: "bot",
      key: { environment: { apiKey: "A", apiSecret: "A" } },
      environment: { A: "x", "": "y" },
      hosts: "*.example.org",
    }).findings.map(({ setting }) => setting);
    expect(settings).toEqual([
      "bot.command",
      "bot.environment.A",
      "bot.environment.",
      "bot.key.environment.apiSecret",
      "bot.hosts",
    ]);
  });

  test.each<[object, string]>([
    [
      { key: "env" },
      "rm --path bot.key && pulumi config set --path bot.key.environment.apiKey BINANCE_API_KEY",
    ],
    [
      { key: { environment: { apiKey: "A" } } },
      "set --plaintext --path bot.key.environment.apiSecret BINANCE_API_SECRET",
    ],
    [
      { environment: "A=1" },
      "rm --path bot.environment && pulumi config set --path bot.environment.NAME VALUE",
    ],
    [{ watchdogSeconds: "x" }, "set --path bot.watchdogSeconds 300"],
  ])("and %j comes with the command that mends it", (changes, command) => {
    const { findings } = parse({ ...sound, ...changes });
    expect(findings.map((finding) => finding.command)).toEqual([`pulumi config ${command}`]);
  });

  test("and answered with the nearest known name", () => {
    const said = (bot: object) => JSON.stringify(parse({ ...sound, ...bot }).findings);
    expect(said({ watchdogSecond: 5 })).toContain("bot.watchdogSeconds");
    expect(said({ key: { file: { nam: "x", template: "" } } })).toContain(
      "The nearest known name is bot.key.file.name",
    );
    expect(said({ something: 5 })).toContain("The known names are bot.preset, bot.command");
  });
});

describe("a doubt is said, and the owner decides", () => {
  test.each<[string, unknown, string]>([
    [
      "a program's file that would be looked for in the state",
      { ...sound, command: "/usr/bin/python3 bot.py" },
      'warning: bot.command names "bot.py", which is looked for in the bot\'s state and not in its program',
    ],
    [
      "a key file that nothing points to",
      { ...file({}), command: "/bin/bot" },
      "warning: bot.key.file makes a file that nothing tells the bot of",
    ],
  ])("%s", (_, bot, expected) => {
    expect(problems(bot)).toEqual([expected]);
    expect(parse(bot).bot).toBeDefined();
  });

  test("a private key's lines in a file that isn't JSON", () => {
    const keyPair = { apiKey: "k".repeat(64), apiSecret: "-----BEGIN\nx\n" };
    expect(problems(file({ format: "text" }), { keyPair })).toEqual([
      "warning: bot.key.file.format is text, while your secret has several lines",
    ]);
  });

  test("an operator in a list is meant", () => {
    expect(accepted({ ...sound, command: ["/bin/bot", "&&"] }).command).toEqual(["/bin/bot", "&&"]);
  });
});

describe("a secret has no place in what every user of the server can read", () => {
  test("a part that is stored encrypted", () => {
    expect(problems(sound, { storedEncrypted: true })).toEqual([
      "error: bot has a part that is stored encrypted",
    ]);
  });

  test("a private key", () => {
    expect(problems({ ...sound, environment: { A: "-----BEGIN PRIVATE KEY-----\nMC4" } })).toEqual([
      "error: bot holds a private key",
    ]);
  });

  test("the pair, or what looks like one, wherever it is put; and no message tells anything of it", () => {
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
        file({ template: value }),
        file({ name: value }),
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
          expect(leaks(JSON.stringify(parsed.findings), pair.apiSecret)).toBe(false);
        },
      ),
    );
  });

  test("a digest in hex is no key", () => {
    accepted({ ...sound, environment: { SHA256: "0a".repeat(32) } });
  });
});

describe("bot.json", () => {
  test("is what the launcher reads, in the same order whatever the order of the settings", () => {
    const bot = accepted({ ...sound, environment: { B: "2", A: "1" } });
    expect(botConfiguration(bot)).toBe(`{
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
`);
    expect(botConfiguration(accepted({ environment: { A: "1", B: "2" }, ...sound }))).toBe(
      botConfiguration(bot),
    );
  });
});

test("whatever is set, it is answered with findings or a bot, and never with a crash", () => {
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
