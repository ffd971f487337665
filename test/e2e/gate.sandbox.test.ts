import { generateKeyPairSync, randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint, type KeyPair } from "../../binance/key-pair.ts";
import { runInMachine } from "../../sandbox/machines/inspect.ts";
import { binance, createKey, spot } from "./binance.ts";
import { formsOf } from "./canary.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, type Run, Stack } from "./stack.ts";

// Keys of every kind are tried on one server, on which a good one is live from the start.

const elsewhere = "198.51.100.66";
const pairs: KeyPair[] = [];

let stack: Stack;
let server: Server;
let address: string;
let live: KeyPair;

/** A key that is searched for in everything that was printed, at the end. */
async function key(label: string, whitelist: string[], permissions?: string[]): Promise<KeyPair> {
  const pair = await createKey(label, whitelist, permissions);
  pairs.push(pair);
  return pair;
}

/** Expects that a pair was refused, and that the one before is still live. */
async function expectRefused({ code, stdout }: Run, ...messages: string[]): Promise<void> {
  expect(code).not.toBe(0);
  for (const message of messages) {
    expect(stdout).toContain(message);
  }
  expect(await server.run("binance-credential fingerprint")).toBe(fingerprint(live));
  // The stack still knows its server: `npm run ssh` and `npm run verify` go on working.
  expect(await stack.output("liveKeyPair")).toBe(fingerprint(live));
  expect(await stack.output("ipToWhitelist")).toBe(address);
}

beforeAll(async () => {
  stack = await Stack.ready("gate");
  await stack.unset("verification");
  await stack.set("keyName", "TradingBot-Hetzner-01");
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  server = new Server((await onlyServer()).id);
  // The guard asks Binance, too, and here it is counted who asks.
  await server.run("systemctl stop trading-bot-guard.timer");
});

afterEach(async () => {
  await binance.clearFaults();
  await binance.judge(address, { kind: "pardon" });
  await binance.setClockOffset(0);
  await binance.editAccount({ canTrade: true, lockedSeconds: 0 });
});

afterAll(async () => {
  await stack.remove();
});

describe("a key as it should be", () => {
  test("is proven in `pulumi up`, and then activated", async () => {
    live = await key("TradingBot-Hetzner-01", [address]);
    await stack.setKeyPair(live);
    expect(changes(await stack.mustUp())).toEqual({ "key-verification": "create", "key-pair": "update" });
    expect(await server.pairInUnit()).toEqual(live);
  });

  test("is not asked about again while nothing changes, nor in a preview", async () => {
    const { requests } = await binance.during(async () => {
      await stack.preview();
      await stack.mustUp();
    });
    expect(requests).toEqual([]);
  });

  test("is asked about through the server alone: Binance sees no other address", async () => {
    live = await key("TradingBot-Hetzner-02", [address]);
    await stack.setKeyPair(live);
    const { result, requests } = await binance.during(() => stack.mustUp());
    expect(changes(result)).toEqual({ "key-verification": "update", "key-pair": "update" });
    expect([...new Set(requests.map(({ source }) => source))]).toEqual([address]);
  });
});

describe("a key that must not be used is refused with its reason, and the live one stays", () => {
  test.each<[string, () => Promise<KeyPair>, string[]]>([
    [
      "withdrawals are on",
      () => key("bot", [address], [...spot, "withdrawals"]),
      ["Withdrawals are off: fail"],
    ],
    ["no whitelist", () => key("bot", []), ["The whitelist is active: fail"]],
    ["whitelisted for another address", () => key("bot", [elsewhere]), ["isn't in the key's whitelist"]],
    ["futures are on", () => key("bot", [address], [...spot, "futures"]), ["enableFutures"]],
    [
      "a permission that nobody knows",
      () => key("bot", [address], [...spot, "permitsTeleport"]),
      ["permitsTeleport"],
    ],
    ["no trading", () => key("bot", [address], ["reading"]), ["The key may trade"]],
    [
      "a wrong secret",
      async () => ({ ...(await key("bot", [address])), apiSecret: randomBytes(32).toString("hex") }),
      ["-1022"],
    ],
    [
      "a deleted key",
      async () => {
        const pair = await key("bot", [address]);
        await binance.deleteKey(pair.apiKey);
        return pair;
      },
      ["-2008"],
    ],
  ])("%s", async (_, create, messages) => {
    await stack.setKeyPair(await create());
    const result = await stack.up();
    await expectRefused(result, "It is not activated; what was on the server stays.", ...messages);
    expect(changes(result)).not.toHaveProperty("key-pair");
  });

  test("and after that, the next `pulumi up` with a mended key just works", async () => {
    const mended = await key("mended", []);
    await stack.setKeyPair(mended);
    await expectRefused(await stack.up());
    await binance.editKey(mended.apiKey, { whitelist: [address] });
    expect(changes(await stack.mustUp())).toMatchObject({ "key-pair": "update" });
    live = mended;
    expect(await server.pairInUnit()).toEqual(live);
  });
});

describe("what can't be known blocks, and says so", () => {
  test.each<[string, () => Promise<void>, string[]]>([
    [
      "an exchange that resets every connection",
      () => binance.inject({ times: 50, effect: { kind: "reset" } }),
      [],
    ],
    [
      "an exchange that answers garbage",
      () => binance.inject({ times: 50, effect: { kind: "garbage", status: 200, body: "<html>" } }),
      [],
    ],
    ["a ban", () => binance.judge(address, { kind: "ban", seconds: 120 }), ["418"]],
    ["a firewall that turns the server away", () => binance.judge(address, { kind: "block" }), ["403"]],
    ["a country that Binance doesn't serve", () => binance.judge(address, { kind: "restrict" }), ["451"]],
  ])("%s", async (_, trouble, messages) => {
    await stack.setKeyPair(await key("bot", [address]));
    await trouble();
    await expectRefused(await stack.up(), ...messages);
  });

  test("a clock that is 2 s off is no obstacle: the exchange's own is asked", async () => {
    await binance.setClockOffset(-2000);
    live = await key("clock", [address]);
    await stack.setKeyPair(live);
    await stack.mustUp();
    expect(await server.pairInUnit()).toEqual(live);
  });
});

describe("the owner decides how strict it is", () => {
  test("warn: the findings are shown, and the key is activated", async () => {
    await stack.set("verification", "warn");
    live = await key("warned", []);
    await stack.setKeyPair(live);
    const { stdout } = await stack.mustUp();
    expect(stdout).toContain("The whitelist is active: fail");
    expect(await server.pairInUnit()).toEqual(live);
  });

  test("off: nobody is asked", async () => {
    await stack.set("verification", "off");
    live = await key("unasked", []);
    await stack.setKeyPair(live);
    const { requests } = await binance.during(() => stack.mustUp());
    expect(requests).toEqual([]);
    expect(await server.pairInUnit()).toEqual(live);
    await stack.unset("verification");
  });
});

describe("npm run verify", () => {
  /** The documented shape, as far as it is looked at here. */
  const report = z.object({
    verdict: z.string(),
    findings: z.array(z.object({ id: z.string(), verdict: z.string() }).loose()),
  });

  async function verdicts(): Promise<Record<string, string>> {
    const { stdout } = await stack.script("verify", ["--json"]);
    return Object.fromEntries(
      report.parse(JSON.parse(stdout)).findings.map(({ id, verdict }) => [id, verdict]),
    );
  }

  beforeAll(async () => {
    live = await key("TradingBot-Hetzner-03", [address]);
    await stack.setKeyPair(live);
    await stack.mustUp();
    await binance.editAccount({ balances: { USDT: { free: "1250.00" } } });
  });

  test("proves both places, and leaves to the person what no endpoint tells", async () => {
    const { code, stdout } = await stack.script("verify", []);
    expect(code).toBe(2);
    expect(stdout).toContain("USDT");
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).not.toContain("\u001b");
    const seen = await verdicts();
    expect(Object.entries(seen).filter(([, verdict]) => verdict === "fail")).toEqual([]);
  });

  test("passes as a whole when the person has confirmed the rest", async () => {
    expect((await stack.script("verify", ["--confirm"], "yes\nyes\nyes\n")).code).toBe(0);
    expect((await stack.script("verify", [])).code).toBe(0);
    expect(Object.values(await verdicts()).every((verdict) => verdict === "pass")).toBe(true);
  });

  test("asks the server's way over one SSH connection", async () => {
    const logins = await server.logins();
    await stack.script("verify", ["--timings"]);
    expect(await server.logins()).toBe(logins + 1);
  });

  test("fails when the restrictions were changed at Binance afterwards", async () => {
    await binance.editKey(live.apiKey, { permissions: [...spot, "withdrawals"] });
    const { code, stdout } = await stack.script("verify", []);
    expect(code).toBe(1);
    expect(stdout.toLowerCase()).toContain("withdrawals");
    await binance.editKey(live.apiKey, { permissions: spot, whitelist: [] });
    expect((await stack.script("verify", [])).code).toBe(1);
    await binance.editKey(live.apiKey, { whitelist: [address] });
    expect((await stack.script("verify", [])).code).toBe(0);
  });

  /** Lets Binance answer the signed questions with an error. */
  const answering = (status: number, code: number, message: string, headers = {}) =>
    binance.inject({
      path: "^/(api/v3/account|sapi)",
      times: 50,
      effect: { kind: "error", status, code, message, headers },
    });

  test.each<[string, () => Promise<void>, number, string[]]>([
    [
      "-1003, and how long to wait",
      () => answering(429, -1003, "Too many requests", { "retry-after": "17" }),
      2,
      ["-1003", "17"],
    ],
    [
      "-1021",
      () => answering(400, -1021, "Timestamp for this request is outside of the recvWindow."),
      2,
      ["-1021", "clock"],
    ],
    [
      "-1022",
      () => answering(400, -1022, "Signature for this request is not valid."),
      1,
      ["-1022", "secret"],
    ],
    ["-1102", () => answering(400, -1102, "Mandatory parameter 'signature' was not sent."), 2, ["-1102"]],
    ["-2008", () => answering(400, -2008, "Invalid Api-Key ID."), 1, ["-2008", "deleted"]],
    ["-2014", () => answering(401, -2014, "API-key format invalid."), 1, ["-2014"]],
    [
      "-2015",
      () => answering(401, -2015, "Invalid API-key, IP, or permissions for action."),
      1,
      ["-2015", "whitelist"],
    ],
    ["418", () => binance.judge(address, { kind: "ban", seconds: 90 }), 2, ["418"]],
    ["403", () => binance.judge(address, { kind: "block" }), 2, ["403"]],
    ["451", () => binance.judge(address, { kind: "restrict" }), 1, ["451"]],
    ["a server that hangs", () => binance.inject({ times: 50, effect: { kind: "hang" } }), 2, []],
    ["a connection that is reset", () => binance.inject({ times: 50, effect: { kind: "reset" } }), 2, []],
    [
      "garbage",
      () => binance.inject({ times: 50, effect: { kind: "garbage", status: 200, body: "<html>" } }),
      2,
      [],
    ],
  ])("diagnoses %s", async (_, trouble, expected, messages) => {
    await trouble();
    const { code, stdout, stderr } = await stack.script("verify", ["--verbose"]);
    for (const message of messages) {
      expect(stdout).toContain(message);
    }
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(expected);
  });

  test("says that it could not check, with a server that is down", async () => {
    await runInMachine(server.id, ["systemctl", "stop", "ssh.socket", "ssh"]);
    expect((await stack.script("verify", [])).code).toBe(2);
    await runInMachine(server.id, ["systemctl", "start", "ssh"]);
  });
});

describe("other kinds of keys", () => {
  test("an Ed25519 key, whose private half never was at Binance", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const { apiKey } = await binance.createKey({
      label: "ed25519",
      type: "ed25519",
      publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
      permissions: spot,
      whitelist: [address],
    });
    const pair = { apiKey, apiSecret: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
    await stack.setKeyPair(pair);
    await stack.mustUp();
    expect(await server.pairInUnit()).toMatchObject({ apiKey });
  });
});

test("nothing of all these keys was ever printed or logged, signatures neither", () => {
  expect(pairs.flatMap(formsOf).filter((form) => stack.transcript.includes(form))).toEqual([]);
  expect(stack.transcript).not.toMatch(/signature=[0-9a-f]{16}/);
});
