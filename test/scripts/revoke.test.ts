import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint } from "../../binance/key-pair.ts";
import { leaks } from "../arbitraries.ts";
import { type Answer, type Answers, BinanceStandIn, refusedAddress } from "../support/binance-stand-in.ts";
import { makeCertificate } from "../support/certificate.ts";
import { deployKeyLine, keyPair, outputs as soundOutputs } from "../support/fixtures.ts";
import { OperatorComputer, type RunOptions } from "./operator-computer.ts";

const settings = {
  "binance:apiKey": keyPair.apiKey,
  "binance:apiSecret": keyPair.apiSecret,
  "trading-bot-server:keyName": "TradingBot-Hetzner-01",
};
const unknownKey: Answer = { status: 400, body: { code: -2008, msg: "Invalid Api-Key ID." } };
const restrictions = "/sapi/v1/account/apiRestrictions";
const openOrders = "/api/v3/openOrders";
const order = {
  symbol: "BTCUSDC",
  orderId: 17,
  side: "BUY",
  type: "LIMIT",
  origQty: "1.00",
  executedQty: "0.00",
  price: "100.00",
};

let exchange: BinanceStandIn;
let computer: OperatorComputer;

beforeAll(async () => {
  const certificate = makeCertificate("api.binance.com", "fapi.binance.com");
  exchange = await BinanceStandIn.start(certificate);
  computer = new OperatorComputer({ ...soundOutputs, liveKeyPair: fingerprint(keyPair) }, certificate.ca);
});

beforeEach(() => {
  exchange.reset({ [openOrders]: { body: [] } });
  computer.addServerProgram("bot-control", "echo The bot is stopped, and stays off.");
  computer.addServerProgram("binance-credential", onRemoval("echo none"));
  // The real one: `config rm` removes a setting, and succeeds if there is none.
  computer.addPulumiVerb(
    "config",
    `[ "$2" = rm ] || exec cat "$FOLDER/config.json"
exec "${process.execPath}" -e '
  const { readFileSync, writeFileSync } = require("node:fs");
  const file = process.env.FOLDER + "/config.json";
  const { [process.argv[1]]: removed, ...rest } = JSON.parse(readFileSync(file));
  writeFileSync(file, JSON.stringify(rest));
' "$3"`,
  );
});

afterAll(() => {
  exchange.stop();
  computer.remove();
});

const runOptions = (): RunOptions => ({ settings, routes: { server: exchange.port, direct: exchange.port } });

/** Nothing of the pair is shown, and no temporary file stays. */
function expectNoLeak(output: string): void {
  for (const secret of [keyPair.apiKey, keyPair.apiSecret, deployKeyLine]) {
    expect(leaks(output + computer.calls.join("\n"), secret)).toBe(false);
  }
  expect(computer.temporaryFiles).toEqual([]);
}

async function revoke(args: string[] = ["--yes"], options: RunOptions = {}) {
  const ended = await computer.run("revoke.ts", args, { ...runOptions(), ...options });
  expectNoLeak(ended.stdout + ended.stderr);
  return ended;
}

async function revokeInTerminal(answers: [string, string][], args: string[] = []) {
  const ended = await computer.runInTerminal("revoke.ts", args, { ...runOptions(), answers });
  expectNoLeak(ended.screen);
  return ended;
}

/** The server's tool for the pair. It reports which pair is live. */
function onRemoval(then: string, live = fingerprint(keyPair)): string {
  return `[ "$1" = fingerprint ] && exec echo ${live}; ${then}`;
}

/** The commands that changed something, in their order. */
const steps = (): string[] =>
  computer.calls.flatMap(
    (call) => /sudo (?!binance-credential fingerprint).*|pulumi config rm \S+/.exec(call)?.[0] ?? [],
  );

const allSteps = [
  "sudo bot-control stop-now",
  "sudo binance-credential remove",
  "pulumi config rm binance:apiKey",
  "pulumi config rm binance:apiSecret",
];

/** The key is deleted at Binance when it is tried for the n-th time, after the open orders were read with it. */
function deletedAtTrial(n: number): Answers {
  let trials = -1;
  return { [openOrders]: { body: [order] }, [restrictions]: () => (++trials >= n ? unknownKey : {}) };
}

describe("npm run revoke", () => {
  test("clears server and settings, says how to delete the key, and tries it until Binance doesn't know it", async () => {
    exchange.reset(deletedAtTrial(3));
    const { code, screen } = await revokeInTerminal([
      ["Type yes", "yes\n"],
      ["type deleted", "deleted\n"],
      ["type deleted", "deleted\n"],
    ]);
    expect(steps()).toEqual(allSteps);
    expect(screen).toContain('Find the key "TradingBot-Hetzner-01"');
    expect(screen).toContain("- BTCUSDC: BUY 1 at 100, LIMIT, order 17");
    expect(screen).toContain("The orders stay open.");
    expect(screen).toContain("Binance still accepts the key.");
    expect(screen).toContain("The key is deleted. Binance doesn't know it any more: HTTP 400, code -2008");
    expect(screen).toContain("The key pair is revoked. Next: `pulumi up`");
    expect(code).toBe(0);
  });

  test.each([{}, { "trading-bot-server:keyName": "" }])(
    "names a key without a name by its first and last characters: %j",
    async (name) => {
      const { "binance:apiKey": key, "binance:apiSecret": secret } = settings;
      const unnamed = { "binance:apiKey": key, "binance:apiSecret": secret };
      const { stdout } = await revoke(["--yes"], { settings: { ...unnamed, ...name } });
      const { apiKey } = keyPair;
      expect(stdout).toContain(
        `2. Find the key that begins with ${apiKey.slice(0, 4)} and ends with ${apiKey.slice(-4)}.`,
      );
    },
  );

  test("changes nothing without a yes", async () => {
    const { code, screen } = await revokeInTerminal([["Type yes", "y\n"]]);
    expect([code, screen]).toEqual([1, expect.stringContaining("Nothing was changed.")]);
    expect(await revoke([])).toMatchObject({ code: 2, stderr: expect.stringContaining("Nothing was done") });
    expect(steps()).toEqual([]);
  });

  test("with --yes, it doesn't wait for a person, and a key that still works is the first thing that is left", async () => {
    const { code, stdout } = await revoke(["--yes", "--stack", "other"]);
    expect(code).toBe(3);
    expect(steps()).toEqual(allSteps.map((step) => expect.stringContaining(step)));
    expect(stdout).toContain("Binance still accepts the key.");
    expect(stdout).toMatch(/Left to do:\n1\. Delete the key at Binance/);
    expect(stdout).toContain("`pulumi up --stack other`");
  });

  test("with --yes, a key that was deleted before is recognized", async () => {
    exchange.reset({ [openOrders]: unknownKey, [restrictions]: unknownKey });
    const { code, stdout } = await revoke();
    expect([code, stdout]).toEqual([0, expect.stringContaining("The key pair is revoked.")]);
    expect(stdout).toContain("open orders could not be read: HTTP 400, code -2008");
  });

  test("if another pair is live since a roll-back on the server, that one is left to be deleted", async () => {
    computer.addServerProgram("binance-credential", onRemoval("echo none", "ba9876543210"));
    exchange.reset({ [openOrders]: unknownKey, [restrictions]: unknownKey });
    const { code, stdout } = await revoke();
    expect(stdout).toContain("has the fingerprint ba9876543210");
    expect(code).toBe(3);
  });

  test("if the settings have another pair than the server, the key that was live is left to be deleted", async () => {
    const other = { ...keyPair, apiSecret: "o".repeat(64) };
    exchange.reset({ [openOrders]: unknownKey, [restrictions]: unknownKey });
    const { code, stdout } = await revoke(["--yes"], {
      settings: { ...settings, "binance:apiSecret": other.apiSecret },
    });
    expect(steps()).toEqual(allSteps);
    expect(stdout).toContain("The key is deleted.");
    expect(stdout).toMatch(/Left to do:\n1\. Delete the key that was live on the server as well/);
    expect(stdout).toContain(`has the fingerprint ${fingerprint(keyPair)}`);
    expect(stdout).toContain(`(${fingerprint(other)})`);
    expect(code).toBe(3);
  });

  test("with --cancel-orders, it cancels them while there is still a key for that", async () => {
    let open = [order];
    exchange.reset({
      ...deletedAtTrial(1),
      [`GET ${openOrders}`]: () => ({ body: open }),
      [`DELETE ${openOrders}`]: () => {
        open = [];
        return { body: [order] };
      },
    });
    const { code, stdout } = await revoke(["--yes", "--cancel-orders"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("Canceled: 1 open spot order.")]);
  });

  test("lists and cancels with a private key in whatever form it was set", async () => {
    const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    exchange.reset(deletedAtTrial(1));
    const { stdout } = await revoke(["--yes"], {
      settings: { ...settings, "binance:apiSecret": pem.replaceAll("\n", "\\n") },
    });
    expect(stdout).toContain("- BTCUSDC: BUY 1 at 100, LIMIT, order 17");
    expect(steps()).toEqual(allSteps);
    expect(stdout).toContain("The key is deleted.");
  });

  test("an order that could not be canceled is among what is left, although the key is gone", async () => {
    exchange.reset({
      ...deletedAtTrial(1),
      [`GET ${openOrders}`]: { body: [order] },
      [`DELETE ${openOrders}`]: { status: 500, body: { code: -1000, msg: "An unknown error occurred." } },
    });
    const { code, stdout } = await revoke(["--yes", "--cancel-orders"]);
    expect(steps()).toEqual(allSteps);
    expect([code, stdout]).toEqual([
      3,
      expect.stringMatching(/Left to do:\n1\. Cancel the account's open orders yourself/),
    ]);
    expect(stdout).not.toContain("..");
  });

  test("goes on if nobody reads its output any more", async () => {
    exchange.reset(deletedAtTrial(1));
    const child = computer.start("revoke.ts", ["--yes"], runOptions());
    child.stdout.destroy();
    expect(await once(child, "close")).toEqual([0, null]);
    expect(steps()).toEqual(allSteps);
  });

  test("if the settings can't be read, it says what helps without it", async () => {
    computer.addPulumiVerb("config", "echo error: incorrect passphrase >&2; exit 255");
    const { code, stderr } = await revoke();
    expect([code, stderr]).toEqual([2, expect.stringContaining("delete the key at Binance (https://")]);
    expect(steps()).toEqual([]);
  });

  test("can be run again when it was interrupted after the settings had lost the pair", async () => {
    const { code, screen } = await computer.runInTerminal("revoke.ts", [], {
      ...runOptions(),
      settings: {},
      answers: [
        ["Type yes", "yes\n"],
        ["type deleted", "deleted\n"],
        ["type gone", "gone\n"],
      ],
    });
    expect(steps()).toEqual(allSteps.slice(0, 2));
    expect(screen).toContain("can't be tried");
    expect([code, exchange.asked]).toEqual([0, []]);
    expect(await revoke(["--yes"], { settings: {} })).toMatchObject({ code: 3 });
  });

  test("stops the bot in the usual way on a server of an older version", async () => {
    computer.addServerProgram("bot-control", '[ "$1" = stop ] && echo "The bot is stopped." || exit 2');
    await revoke();
    expect(steps()).toEqual([allSteps[0], "sudo bot-control stop", ...allSteps.slice(1)]);
  });

  test("if Binance's answer proves nothing, only a person who has looked can say that the key is gone", async () => {
    exchange.reset({ ...deletedAtTrial(1), [restrictions]: { status: 403, body: "" } });
    const answers: [string, string][] = [
      ["Type yes", "yes\n"],
      ["type deleted", "deleted\n"],
    ];
    const looked = await revokeInTerminal([...answers, ["type gone", "gone\n"]]);
    expect([looked.code, looked.screen]).toEqual([
      0,
      expect.stringContaining("You confirmed that the key is deleted."),
    ]);
    const unsure = await revokeInTerminal([...answers, ["type gone", "deleted\n"]]);
    expect([unsure.code, unsure.screen]).toEqual([
      3,
      expect.stringContaining("1. Delete the key at Binance, and look that it is gone"),
    ]);
  });

  test("takes a pair that can't be valid out of the settings as well", async () => {
    await revoke(["--yes"], {
      settings: { ...settings, "binance:apiSecret": "-----BEGIN PRIVATE KEY-----\nx" },
    });
    expect(steps()).toEqual(allSteps);
  });
});

describe("an interruption says what is done, and how to go on:", () => {
  const waiting = () => join(computer.folder, "waiting");
  const goOn = () => join(computer.folder, "go-on");
  const wait = 'touch "$FOLDER/waiting"; until [ -e "$FOLDER/go-on" ]; do sleep 0.1; done';

  afterEach(() => {
    rmSync(waiting(), { force: true });
    rmSync(goOn(), { force: true });
  });

  /** Interrupts a run as soon as it waits in a step. */
  async function interrupt(signal: NodeJS.Signals, isWaiting = () => existsSync(waiting())) {
    const child = computer.start("revoke.ts", ["--yes", "--stack", "other"], runOptions());
    const [stdout, stderr, closed] = [text(child.stdout), text(child.stderr), once(child, "close")];
    while (!isWaiting()) {
      await setTimeout(50);
    }
    child.kill(signal);
    // What waits ends as well.
    writeFileSync(goOn(), "");
    const [code] = z.tuple([z.number(), z.null()]).parse(await closed);
    expectNoLeak((await stdout) + (await stderr));
    return { code, stderr: await stderr };
  }

  const next = "To go on: npm run revoke -- --stack other\n";

  test("before anything was changed", async () => {
    computer.addPulumiVerb("config", `${wait}; exec cat "$FOLDER/config.json"`);
    expect(await interrupt("SIGHUP")).toEqual({ code: 129, stderr: "Interrupted. Nothing was changed.\n" });
  });

  test("while the bot is stopped", async () => {
    computer.addServerProgram("bot-control", wait);
    expect(await interrupt("SIGINT")).toEqual({
      code: 130,
      stderr: `Interrupted while stopping the bot. Nothing was finished before that. ${next}`,
    });
  });

  test("while Binance is called", async () => {
    exchange.reset({ [openOrders]: { instead: "silence" } });
    const isAsked = () => exchange.paths.includes(`GET ${openOrders}`);
    expect(await interrupt("SIGTERM", isAsked)).toEqual({
      code: 143,
      stderr: `Interrupted while reading the open orders. Done before that: the bot is stopped. ${next}`,
    });
  });

  test("while the pair is deleted on the server", async () => {
    computer.addServerProgram("binance-credential", onRemoval(wait));
    expect(await interrupt("SIGINT")).toEqual({
      code: 130,
      stderr: `Interrupted while deleting the key pair on the server. Done before that: the bot is stopped. ${next}`,
    });
  });

  test("while the settings are changed, which is finished first", async () => {
    computer.addPulumiVerb(
      "config",
      `[ "$2" != rm ] || { ${wait}; echo '{}' >"$FOLDER/config.json"; }; exec cat "$FOLDER/config.json"`,
    );
    expect(await interrupt("SIGINT")).toEqual({
      code: 130,
      stderr: `Interrupted while removing the key pair from the settings. Done before that: the bot is stopped, the key pair is deleted on the server, the key pair is out of the settings. ${next}`,
    });
  });
});

describe("a connection that breaks", () => {
  const breaks = 'echo "kex_exchange_identification: read: Connection reset by peer" >&2; exit 255';
  const once = (name: string, then: string) =>
    `[ -e "$FOLDER/broke-${name}" ] && { ${then}; exit; }; touch "$FOLDER/broke-${name}"; ${breaks}`;

  test("is tried again in each step, which is reported", async () => {
    computer.addServerProgram("bot-control", once("stop", "echo The bot is stopped."));
    computer.addServerProgram("binance-credential", onRemoval(once("remove", "echo none")));
    exchange.reset(deletedAtTrial(1));
    const { code, stdout, stderr } = await revoke();
    const [stop = "", remove = "", ...rest] = allSteps;
    expect(steps()).toEqual([stop, stop, remove, remove, ...rest]);
    const note =
      "No connection to the server: the connection was opened, and then broke. Trying again in 2 seconds.\n";
    expect([code, stderr]).toEqual([0, expect.stringContaining(note)]);
    expect(stderr.split(note)).toHaveLength(3);
    expect(stdout).toContain("The key pair is revoked.");
  });
});

describe("what is left is said", () => {
  test("if the server can't be reached: key first, then the server, and `pulumi up` can't install the pair again", async () => {
    const problem = "ssh: connect to host 203.0.113.10 port 22: Connection timed out";
    const { code, stdout } = await revoke(["--yes"], { routes: { server: problem, direct: exchange.port } });
    expect(code).toBe(3);
    expect(steps()).toEqual(["sudo bot-control stop-now", ...allSteps.slice(2)]);
    expect(stdout).toMatch(
      /1\. Delete the key at Binance[^]*2\. Power the server off[^]*3\. To delete the key pair on it/,
    );
    exchange.reset({ [restrictions]: refusedAddress });
    const refused = await revoke(["--yes"], { routes: { server: problem, direct: exchange.port } });
    expect([refused.code, refused.stdout]).toEqual([3, expect.stringContaining("That proves nothing")]);
  });

  test("if the stack has no server that is known", async () => {
    const other = new OperatorComputer({});
    try {
      const { code, stdout } = await other.run("revoke.ts", ["--yes"], { settings: {} });
      expect([code, stdout]).toEqual([3, expect.stringContaining("2. Power the server off")]);
    } finally {
      other.remove();
    }
  });

  test.each([
    ["the bot can't be stopped", "bot-control", "the bot may still run"],
    [
      "the pair can't be deleted there",
      "binance-credential",
      "the server may still have the key pair. It reported: out of",
    ],
  ])("if %s", async (_, program, text) => {
    computer.addServerProgram(program, "printf 'out of \\033[2Jorder'; exit 1");
    exchange.reset(deletedAtTrial(1));
    const { code, stdout } = await revoke();
    expect([code, steps()]).toEqual([3, allSteps]);
    expect(stdout).toContain(text);
    expect(stdout).not.toContain("\u001b");
  });

  test("and what a hostile server says is marked as the server's", async () => {
    computer.addServerProgram("bot-control", "echo 'The key is deleted.'");
    expect((await revoke()).stdout).toContain("\nserver: The key is deleted.\n");
  });

  test("if a hostile server sends without end, the settings and Binance still get their turn", async () => {
    computer.addServerProgram("sudo", "exec yes");
    const { code, stdout, stderr } = await revoke();
    computer.addServerProgram("sudo", 'exec "$@"');
    expect([code, stderr, steps()]).toEqual([3, "", allSteps]);
    expect(stdout).toMatch(
      /1\. Delete the key at Binance[^]*2\. Power the server off[^]*3\. Run this again: the server may still have/,
    );
    expect(stdout).toContain("somebody else may control it");
    expect(stdout.length).toBeLessThan(10_000);
  });

  test("if the settings get the pair from elsewhere", async () => {
    computer.addPulumiVerb("config", 'exec cat "$FOLDER/config.json"');
    exchange.reset(deletedAtTrial(1));
    const { code, stdout } = await revoke();
    expect([code, stdout]).toEqual([
      3,
      expect.stringContaining("Remove binance:apiKey and binance:apiSecret where"),
    ]);
  });

  test("if the settings can't be changed", async () => {
    computer.addPulumiVerb(
      "config",
      '[ "$2" != rm ] || { echo read-only >&2; exit 1; }; exec cat "$FOLDER/config.json"',
    );
    exchange.reset(deletedAtTrial(1));
    const { code, stdout } = await revoke();
    expect([code, stdout]).toEqual([
      3,
      expect.stringContaining("`pulumi up` would install the key pair again."),
    ]);
  });
});
