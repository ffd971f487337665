import { spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import * as z from "zod";
import { serialize } from "../../binance/key-pair.ts";
import { parseBot } from "../../components/settings/bot/bot.ts";
import { botConfiguration } from "../../components/settings/bot/settings.ts";
import { leaks, tokenPair } from "../arbitraries.ts";

const launcher = join(import.meta.dirname, "../../server/rootfs/usr/local/lib/trading-bot-server/launch-bot");
const [pair = { apiKey: "", apiSecret: "" }] = fc.sample(tokenPair, 1);

/** A program that prints in JSON how it was started. */
const bot = `#!/usr/bin/python3
import json, os, sys
print(json.dumps({"args": sys.argv, "environment": dict(os.environ), "folder": os.getcwd(), "pid": os.getpid()}))
`;

const started = z.object({
  args: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  folder: z.string(),
  pid: z.number(),
});

let folder = "";
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launch-bot-"));
  for (const name of ["credentials", "runtime", "state", "releases/1"]) {
    mkdirSync(at(name), { recursive: true });
  }
  symlinkSync("releases/1", at("current"));
  writeFileSync(at("releases/1/bot"), bot);
  chmodSync(at("releases/1/bot"), 0o755);
  writeFileSync(at("credentials/binance"), serialize(pair));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const sound = {
  command: ["{program}/bot", "--into", "{state}/orders"],
  workingDirectory: "{state}",
  environment: { SYMBOL: "BTCUSDC", LOG: "{state}/log" },
  key: { kind: "environment", apiKey: "THE_KEY", apiSecret: "THE_SECRET" },
  watchdogSeconds: 0,
};

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  pid: number | undefined;
}

/** Starts the bot with these changes of its settings, and of the unit's environment (undefined: not set). */
async function launch(changes: object = {}, unit: Record<string, string | undefined> = {}): Promise<Ended> {
  writeFileSync(at("bot.json"), JSON.stringify({ ...sound, ...changes }));
  return run(unit);
}

async function run(unit: Record<string, string | undefined> = {}, command: string[] = []): Promise<Ended> {
  const child = spawn(launcher, [at("bot.json"), at("current"), ...command], {
    env: {
      PATH: process.env.PATH,
      CREDENTIALS_DIRECTORY: at("credentials"),
      RUNTIME_DIRECTORY: at("runtime"),
      STATE_DIRECTORY: at("state"),
      ...unit,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr, pid: child.pid };
}

async function launched(changes: object = {}, unit: Record<string, string | undefined> = {}) {
  const { stdout, stderr, code, pid } = await launch(changes, unit);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return { ...started.parse(JSON.parse(stdout)), launcherPid: pid };
}

describe("the bot", () => {
  test("is the launcher's own process, so that systemd watches the bot itself", async () => {
    const { pid, launcherPid } = await launched();
    expect(pid).toBe(launcherPid);
  });

  test("gets its command, environment and folder with the values of the placeholders", async () => {
    const { args, environment, folder: entered } = await launched();
    expect(args).toEqual([at("releases/1/bot"), "--into", at("state/orders")]);
    expect(environment).toMatchObject({ SYMBOL: "BTCUSDC", LOG: at("state/log") });
    expect(entered).toBe(at("state"));
  });

  test("gets its arguments literally, because no shell reads them", async () => {
    const { args } = await launched({ command: ["{program}/bot", "$HOME", "a b", "", "{symbol}", "*"] });
    expect(args.slice(1)).toEqual(["$HOME", "a b", "", "{symbol}", "*"]);
  });
});

describe("the launcher reads what `pulumi up` writes,", () => {
  test.each<[string, object]>([
    ["two variables", { key: { environment: { apiKey: "A", apiSecret: "B" } } }],
    ["a file", { key: { file: { name: "k.json", template: '["{apiKey}","{apiSecret}"]' } } }],
    ["a path", { key: { path: "A" } }],
    ["a bot that prompts for the key", { preset: "none" }],
    ["the environment variables of freqtrade", { preset: "freqtrade", watchdogSeconds: 0 }],
  ])("for a bot that takes its key by %s", async (_, changes) => {
    const text = JSON.stringify({ command: "{program}/bot 'two words'", ...changes });
    const { bot: settings } = parseBot(text, {
      encrypted: [],
      keyPair: undefined,
      demoKeyPair: undefined,
      isDemoKeySet: false,
    });
    if (settings === undefined) {
      throw new Error("the bot is refused");
    }
    writeFileSync(at("bot.json"), botConfiguration(settings));
    const { code, stdout, stderr } = await run();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(started.parse(JSON.parse(stdout)).args.slice(1)).toEqual(["two words"]);
  });
});

describe("another command than the bot's", () => {
  const runs = async (
    command: string[],
    changes: object = {},
    unit: Record<string, string | undefined> = {},
  ) => {
    writeFileSync(at("bot.json"), JSON.stringify({ ...sound, ...changes }));
    const { code, stdout, stderr } = await run(unit, command);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return started.parse(JSON.parse(stdout));
  };

  test("runs with the bot's settings, and without the key unless systemd has passed it", async () => {
    const command = ["{program}/bot", "show", "{state}/x", "$HOME"];
    const withKey = await runs(command);
    expect(withKey.args).toEqual([at("releases/1/bot"), "show", at("state/x"), "$HOME"]);
    expect(withKey).toMatchObject({
      folder: at("state"),
      environment: { SYMBOL: "BTCUSDC", THE_KEY: pair.apiKey },
    });
    rmSync(at("credentials/binance"));
    for (const unit of [{}, { CREDENTIALS_DIRECTORY: undefined }]) {
      const { environment } = await runs(command, {}, unit);
      expect([environment.SYMBOL, environment.THE_KEY]).toEqual(["BTCUSDC", undefined]);
    }
  });

  test("without the key has no other secret either, and no variable that is about the key", async () => {
    const key = { kind: "file", name: "k.json", template: "{}", format: "json" };
    const settings = { key, environment: { CONFIG: "{keyFile}", OTHER: "{state}/x" }, secrets: ["TOKEN"] };
    const { environment } = await runs(["{program}/bot"], settings, { CREDENTIALS_DIRECTORY: undefined });
    const { CONFIG, OTHER, TOKEN } = environment;
    expect([CONFIG, OTHER, TOKEN]).toEqual([undefined, at("state/x"), undefined]);
  });

  describe("to which systemd has passed only the other secrets", () => {
    const secrets = { secrets: ["TOKEN"] };
    const key = { kind: "file", name: "k.json", template: '["{apiKey}","{secret:TOKEN}"]', format: "json" };

    beforeEach(() => {
      rmSync(at("credentials/binance"));
      writeFileSync(at("credentials/trading-bot-secrets"), JSON.stringify({ TOKEN: "the-token" }));
    });

    test("gets them in their variables, and two empty texts instead of the key pair", async () => {
      const environment = { PAIR: "{credential}" };
      const started = await runs(["{program}/bot"], { ...secrets, environment });
      expect(started.environment).toMatchObject({ TOKEN: "the-token", THE_KEY: "", THE_SECRET: "" });
      expect(started.environment).not.toHaveProperty("PAIR");
    });

    test("gets them in the key's file, if its template has them", async () => {
      const { args } = await runs(["{program}/bot", "{keyFile}"], { ...secrets, key });
      expect(JSON.parse(readFileSync(args[1] ?? "", "utf8"))).toEqual(["", "the-token"]);
    });
  });

  test("is found in the release by its name, before a program of Debian", async () => {
    mkdirSync(at("releases/1/.venv/bin"), { recursive: true });
    symlinkSync("../../bot", at("releases/1/.venv/bin/ls"));
    expect((await runs(["ls", "-l"])).args).toEqual([at("releases/1/.venv/bin/ls"), "-l"]);
    const { code, stderr } = await run({}, ["no-such-program"]);
    expect([code, stderr]).toEqual([
      78,
      "launch-bot: There is no program no-such-program, neither in the release (.venv/bin, node_modules/.bin) nor of Debian.\n",
    ]);
  });
});

describe("what a bot leaves in its state", () => {
  test("isn't imported by Python, which searches the folder of the bot's script, also in what the bot starts", async () => {
    const { environment } = await launched();
    expect(environment).toMatchObject({ PYTHONSAFEPATH: "1", PYTHONPATH: at("releases/1") });
    const added = await launched({ environment: { PYTHONPATH: "/usr/share/own" } });
    expect(added.environment.PYTHONPATH).toBe(`${at("releases/1")}:/usr/share/own`);
  });

  test("doesn't matter to a bot that starts in its program, or whose settings say otherwise", async () => {
    for (const changes of [{ workingDirectory: "{program}" }, { environment: { PYTHONSAFEPATH: "" } }]) {
      const { environment } = await launched(changes);
      expect([environment.PYTHONSAFEPATH ?? "", environment.PYTHONPATH]).toEqual(["", undefined]);
    }
  });

  test("is named if the bot may have kept it in HOME, as long as HOME isn't the state again", async () => {
    mkdirSync(at("state/.cache"));
    expect((await launch({}, { HOME: at("runtime") })).stderr).toBe("");
    mkdirSync(at("state/.bot\u001b[2J"));
    const { code, stdout, stderr } = await launch({}, { HOME: at("runtime") });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^[ -~]+'\{state\}'\n$/) });
    expect(stdout).toContain(at("runtime"));
    expect((await launch({ environment: { HOME: "{state}" } }, { HOME: at("runtime") })).stderr).toBe("");
  });
});

test("the folder of the key file is made, for the bot alone", async () => {
  rmSync(at("runtime"), { recursive: true });
  await launched();
  expect(statSync(at("runtime")).mode & 0o777).toBe(0o700);
});

describe("the key pair is passed", () => {
  test("in two environment variables, and in no argument", async () => {
    const { args, environment } = await launched();
    expect(environment).toMatchObject({ THE_KEY: pair.apiKey, THE_SECRET: pair.apiSecret });
    expect(leaks(args.join(" "), pair.apiSecret)).toBe(false);
  });

  test("in a JSON file that only the bot can read", async () => {
    const key = {
      kind: "file",
      name: "private.json",
      template: '{"exchange": {"key": "{apiKey}", "secret": "{apiSecret}"}}',
      format: "json",
    };
    const { args, environment } = await launched({
      key,
      command: ["{program}/bot", "--config", "{keyFile}"],
    });
    expect(args[2]).toBe(at("runtime/private.json"));
    expect(JSON.parse(readFileSync(at("runtime/private.json"), "utf8"))).toEqual({
      exchange: { key: pair.apiKey, secret: pair.apiSecret },
    });
    expect(statSync(at("runtime/private.json")).mode & 0o777).toBe(0o600);
    expect(leaks(JSON.stringify([args, environment]), pair.apiSecret)).toBe(false);
  });

  test("in a text file", async () => {
    const key = { kind: "file", name: "key.ini", template: "k={apiKey}\ns={apiSecret}\n", format: "text" };
    await launched({ key });
    expect(readFileSync(at("runtime/key.ini"), "utf8")).toBe(`k=${pair.apiKey}\ns=${pair.apiSecret}\n`);
  });

  test("as the path of the credential", async () => {
    const { environment } = await launched({ key: { kind: "path", variable: "KEY_FILE" } });
    expect(environment.KEY_FILE).toBe(at("credentials/binance"));
    expect(leaks(JSON.stringify(environment), pair.apiSecret)).toBe(false);
  });

  test("not at all to a bot that prompts for it itself, and that needs none to start", async () => {
    rmSync(at("credentials/binance"));
    const { environment } = await launched({ key: { kind: "none" } });
    expect(environment).not.toHaveProperty("THE_KEY");
  });

  test("with a private key's line ends, quotes and everything else that JSON escapes", async () => {
    const key = { kind: "file", name: "k.json", template: '["{apiKey}","{apiSecret}"]', format: "json" };
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[\n\r\t"\\{}a-zé€\u2028/-]{1,40}$/u), async (secret) => {
        writeFileSync(at("credentials/binance"), serialize({ apiKey: "{apiSecret}", apiSecret: secret }));
        await launched({ key });
        expect(JSON.parse(readFileSync(at("runtime/k.json"), "utf8"))).toEqual(["{apiSecret}", secret]);
      }),
      { numRuns: 15 },
    );
  });

  test("in a new file, also if an earlier start left a link to another place", async () => {
    writeFileSync(at("elsewhere"), "untouched");
    symlinkSync(at("elsewhere"), at("runtime/key.ini"));
    await launched({
      key: { kind: "file", name: "key.ini", template: "{apiKey}{apiSecret}", format: "text" },
    });
    expect(readFileSync(at("elsewhere"), "utf8")).toBe("untouched");
  });
});

describe("in paper mode", () => {
  const demo = { apiKey: "the-demo-key", apiSecret: "the-demo-secret" };

  test("the demo pair is passed, and never the live one", async () => {
    writeFileSync(at("credentials/trading-bot-demo-key"), serialize(demo));
    const { code, stdout, stderr } = await launch({ mode: "paper", demoKey: true });
    expect(code).toBe(0);
    expect(stderr).toBe(
      "launch-bot: The bot is in paper mode, with the key pair of Binance's demo account.\n",
    );
    expect(started.parse(JSON.parse(stdout)).environment).toMatchObject({
      THE_KEY: demo.apiKey,
      THE_SECRET: demo.apiSecret,
    });
    expect(leaks(stdout, pair.apiSecret)).toBe(false);
    const key = { kind: "path", variable: "KEY_FILE" };
    const byPath = await launch({ mode: "paper", demoKey: true, key });
    expect(started.parse(JSON.parse(byPath.stdout)).environment.KEY_FILE).toBe(
      at("credentials/trading-bot-demo-key"),
    );
  });

  test("without the demo pair, the bot isn't started", async () => {
    const { code, stdout, stderr } = await launch({ mode: "paper", demoKey: true });
    expect({ code, stdout }).toEqual({ code: 78, stdout: "" });
    expect(stderr).toContain("The demo key pair is not on this server");
  });

  test("a bot with a dry run gets empty values, which override what its own files have", async () => {
    const { stdout, stderr } = await launch({ mode: "paper", demoKey: false });
    expect(stderr).toBe("launch-bot: The bot is in paper mode, without a key pair.\n");
    expect(started.parse(JSON.parse(stdout)).environment).toMatchObject({ THE_KEY: "", THE_SECRET: "" });
    const key = { kind: "file", name: "k.json", template: '["{apiKey}","{apiSecret}"]', format: "json" };
    await launch({ mode: "paper", demoKey: false, key });
    expect(JSON.parse(readFileSync(at("runtime/k.json"), "utf8"))).toEqual(["", ""]);
  });
});

describe("other secrets are passed", () => {
  const secrets = { TOKEN: 'a "token"\nof two lines', PIN: "1234" };
  const install = (content: unknown) => {
    writeFileSync(at("credentials/trading-bot-secrets"), JSON.stringify(content));
  };

  test("in the environment variables of their names, and only those that the settings name", async () => {
    install({ ...secrets, OTHER: "x" });
    const { args, environment } = await launched({ secrets: ["PIN", "TOKEN"] });
    expect(environment).toMatchObject(secrets);
    expect(environment).not.toHaveProperty("OTHER");
    expect(JSON.stringify(args)).not.toContain("1234");
  });

  test("to a bot without a key as well", async () => {
    install(secrets);
    const { environment } = await launched({ secrets: ["PIN"], key: { kind: "none" } });
    expect(environment.PIN).toBe("1234");
  });

  test("in the key's file, if its template has them, and then nowhere else", async () => {
    install(secrets);
    const template = '["{apiKey}", "{apiSecret}", "{secret:TOKEN}", "{secret:NONE}"]';
    const { environment } = await launched({
      secrets: ["PIN", "TOKEN"],
      key: { kind: "file", name: "k.json", template, format: "json" },
    });
    expect(JSON.parse(readFileSync(at("runtime/k.json"), "utf8"))).toEqual([
      pair.apiKey,
      pair.apiSecret,
      secrets.TOKEN,
      "{secret:NONE}",
    ]);
    expect(environment).not.toHaveProperty("TOKEN");
    expect(environment.PIN).toBe("1234");
  });

  test.each([
    ["is not on this server", undefined],
    ["is damaged", { TOKEN: "the-token" }],
    ["is damaged", { TOKEN: "the-token", PIN: 1234 }],
    ["is damaged", ["the-token"]],
  ])("or the bot isn't started: the credential %s", async (problem, content) => {
    if (content !== undefined) {
      install(content);
    }
    const { code, stdout, stderr } = await launch({ secrets: ["PIN", "TOKEN"] });
    expect({ code, stdout }).toEqual({ code: 78, stdout: "" });
    expect(stderr).toMatch(/^launch-bot: .*\n$/);
    expect(stderr).toContain(`The credential with the bot's secrets ${problem}: install it`);
    expect(stderr).not.toContain("the-token");
  });
});

describe("a bot isn't started or tried again, and one sentence says why without any part of the pair,", () => {
  const damaged: [string, () => void][] = [
    [
      "no key pair is installed",
      () => {
        rmSync(at("credentials/binance"));
      },
    ],
    [
      "the credential can't be read",
      () => {
        rmSync(at("credentials/binance"));
        mkdirSync(at("credentials/binance"));
      },
    ],
    [
      "the credential isn't JSON",
      () => {
        writeFileSync(at("credentials/binance"), pair.apiSecret);
      },
    ],
    [
      "the credential is half a pair",
      () => {
        writeFileSync(at("credentials/binance"), `{"apiKey":"${pair.apiKey}"}`);
      },
    ],
    [
      "the credential is cut off",
      () => {
        writeFileSync(at("credentials/binance"), serialize(pair).slice(0, -9));
      },
    ],
    [
      "the credential is a list",
      () => {
        writeFileSync(at("credentials/binance"), JSON.stringify([pair.apiSecret]));
      },
    ],
    [
      "a part of the pair isn't a string",
      () => {
        writeFileSync(at("credentials/binance"), `{"apiKey":1,"apiSecret":"${pair.apiSecret}"}`);
      },
    ],
    [
      "a part of the pair is empty",
      () => {
        writeFileSync(at("credentials/binance"), `{"apiKey":"","apiSecret":"${pair.apiSecret}"}`);
      },
    ],
    [
      "the credential has only zeros",
      () => {
        writeFileSync(at("credentials/binance"), Buffer.alloc(200));
      },
    ],
    [
      "the credential isn't UTF-8",
      () => {
        writeFileSync(at("credentials/binance"), Buffer.from([0xff, 0xfe, 0x7b]));
      },
    ],
    [
      "the pair can't be in an environment variable",
      () => {
        writeFileSync(at("credentials/binance"), `{"apiKey":"${pair.apiKey}\\u0000","apiSecret":"\\ud800"}`);
      },
    ],
    [
      "its program isn't installed",
      () => {
        rmSync(at("current"));
      },
    ],
    [
      "its program isn't there",
      () => {
        rmSync(at("releases/1/bot"));
      },
    ],
    [
      "its program isn't executable",
      () => {
        chmodSync(at("releases/1/bot"), 0o644);
      },
    ],
    [
      "its program can't be run",
      () => {
        writeFileSync(at("releases/1/bot"), "not a program");
      },
    ],
    [
      "its folder isn't there",
      () => {
        rmSync(at("state"), { recursive: true });
      },
    ],
  ];
  test.each(damaged)("when %s", async (_, damage) => {
    damage();
    const { code, stdout, stderr } = await launch();
    expect({ code, stdout }).toEqual({ code: 78, stdout: "" });
    expect(stderr).toMatch(/^launch-bot: [A-Zbs].*[.:A-Z]\n$/);
    expect(leaks(stderr, pair.apiKey) || leaks(stderr, pair.apiSecret)).toBe(false);
  });

  test.each<[string, object]>([
    ["no command is set", { command: [] }],
    ["its command needs a search", { command: ["python3", "bot.py"] }],
    [
      "the settings contain {keyFile} for a bot without a key file",
      { command: ["{program}/bot", "{keyFile}"] },
    ],
    ["the settings have an unknown kind of key", { key: { kind: "magic" } }],
    ["the settings lack a part", { key: { kind: "file", name: "x" } }],
    ["an argument of the command isn't a string", { command: [1] }],
    ["a variable isn't a string", { environment: { A: 1 } }],
  ])("when %s", async (_, changes) => {
    const { code, stdout, stderr } = await launch(changes);
    expect({ code, stdout }).toEqual({ code: 78, stdout: "" });
    expect(stderr).toMatch(/^launch-bot: .*\n$/);
    expect(leaks(stderr, pair.apiKey) || leaks(stderr, pair.apiSecret)).toBe(false);
  });

  test("when systemd has passed no credentials", async () => {
    const { code, stderr } = await launch({}, { CREDENTIALS_DIRECTORY: undefined });
    expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringContaining("npm run start") });
  });

  test("when its settings are missing or cut off", async () => {
    // `pulumi up` alone changes nothing: for it, the settings are installed already.
    const remedy = "install them again with `pulumi up --replace '**::bot'`";
    expect(await run()).toMatchObject({ code: 78, stderr: expect.stringContaining(remedy) });
    writeFileSync(at("bot.json"), JSON.stringify(sound).slice(0, -9));
    expect(await run()).toMatchObject({ code: 78, stderr: expect.stringContaining(`damaged: ${remedy}`) });
  });
});

describe("a watchdog", () => {
  const unit = { NOTIFY_SOCKET: "/run/systemd/notify", WATCHDOG_USEC: "300000000", WATCHDOG_PID: "7" };

  test("that the settings want reaches the bot: where to send its sign of life, and how often", async () => {
    const { environment } = await launched({ watchdogSeconds: 300 }, unit);
    expect(environment).toMatchObject(unit);
  });

  test("that isn't wanted leaves nothing with which the bot could talk to systemd", async () => {
    const { environment } = await launched({}, unit);
    expect(Object.keys(environment).filter((name) => name in unit)).toEqual([]);
  });
});
