import { execFileSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint, keyFingerprint } from "../../binance/key-pair.ts";
import { tells } from "../arbitraries.ts";
import { BinanceStandIn, refusedAddress, soundRestrictions } from "../support/binance-stand-in.ts";
import { makeCertificate } from "../support/certificate.ts";
import { Desk, type Ended, type Ways } from "./tools.ts";

const keyPair = {
  apiKey: "vmPUZE6mv9SD5V0q7XbVNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91",
  apiSecret: "NhqPtmdSJYdKjV7Zp3wHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5f",
};
const deployKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaCQx81\n-----END OPENSSH PRIVATE KEY-----\n";
const outputs = {
  ipToWhitelist: "203.0.113.10",
  deployKey,
  hostKey: "ssh-ed25519 AAAAhost",
  liveKeyPair: fingerprint(keyPair),
};
const today = new Date().toISOString().slice(0, 10);
const confirmed = { on: today, key: keyFingerprint(keyPair.apiKey) };
const settings = {
  "binance:apiKey": keyPair.apiKey,
  "binance:apiSecret": keyPair.apiSecret,
  "trading-bot-server:keyName": "unCoded-Spot-VPS-Frankfurt",
  "trading-bot-server:confirmations": JSON.stringify({
    twoFactor: confirmed,
    antiPhishing: confirmed,
    passwordManager: confirmed,
  }),
};
const restrictionsPath = "/sapi/v1/account/apiRestrictions";

let byServer: BinanceStandIn;
let directly: BinanceStandIn;
let desk: Desk;

beforeAll(async () => {
  const certificate = makeCertificate("api.binance.com");
  byServer = await BinanceStandIn.start(certificate);
  directly = await BinanceStandIn.start(certificate);
  desk = new Desk(outputs, certificate.ca);
});

beforeEach(() => {
  byServer.reset();
  directly.reset({ [restrictionsPath]: refusedAddress });
});

afterAll(() => {
  byServer.stop();
  directly.stop();
  desk.remove();
});

async function verify(
  words: string[] = [],
  { ways = {}, changes = {}, input = "" }: { ways?: Partial<Ways>; changes?: object; input?: string } = {},
): Promise<Ended> {
  const ended = await desk.run("verify.ts", words, {
    ways: { server: byServer.port, direct: directly.port, ...ways },
    settings: { ...settings, ...changes },
    input,
  });
  const said = ended.stdout + ended.stderr + desk.called.join("\n");
  const signatures = byServer.asked.map(({ query }) => query.split("signature=")[1] ?? "");
  for (const secret of [keyPair.apiKey, keyPair.apiSecret, "b3BlbnNzaCQx81"]) {
    expect(tells(said, secret)).toBe(false);
  }
  for (const signature of signatures) {
    expect(tells(said, signature, 15)).toBe(false);
  }
  expect(readdirSync(desk.folder).filter((name) => name.startsWith("trading-bot-server-"))).toEqual([]);
  return ended;
}

const report = z.object({
  version: z.literal(1),
  verdict: z.enum(["pass", "fail", "unknown"]),
  findings: z.array(z.looseObject({ id: z.string(), verdict: z.string(), remedy: z.string().nullable() })),
});

async function complaints(
  changes?: Parameters<typeof verify>[1],
): Promise<{ code: number | null; ids: string[] }> {
  const { code, stdout } = await verify(["--json"], changes);
  const { findings } = report.parse(JSON.parse(stdout));
  return {
    code,
    ids: findings.filter(({ verdict }) => verdict !== "pass").map(({ id, verdict }) => `${id}: ${verdict}`),
  };
}

describe("a sound key", () => {
  test("passes, over one ssh, one TLS connection by the server and one from here", async () => {
    const { code, stdout, stderr } = await verify();
    expect(stderr).toBe("");
    expect(stdout).toContain("PASS: 15 passed, 0 failed, 0 not known");
    expect(stdout).toContain('"unCoded-Spot-VPS-Frankfurt"');
    expect(stdout).toContain("0.50000000");
    expect(code).toBe(0);
    expect(desk.called.filter((line) => line.startsWith("ssh "))).toHaveLength(1);
    expect(desk.called.find((line) => line.startsWith("ssh "))).toMatch(
      /StrictHostKeyChecking=yes .*-W api\.binance\.com:443 admin@203\.0\.113\.10$/,
    );
    expect([byServer.connections, directly.connections]).toEqual([1, 1]);
    expect(directly.paths).toEqual([`GET ${restrictionsPath}`]);
  });

  test("is shown in 80 columns, without colours in a pipe", async () => {
    byServer.reset({ [restrictionsPath]: { body: { ...soundRestrictions, enableFutures: true } } });
    const { stdout } = await verify();
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).not.toContain("\x1b");
  });

  test("tells its phases and its questions on standard error, when asked", async () => {
    const { stderr } = await verify(["--timings", "--verbose"]);
    expect(stderr).toMatch(/SSH and TLS to Binance +\d+\.\d\d s/);
    expect(stderr).toMatch(/server: GET \/api\/v3\/account: ok, \d+ ms/);
  });

  test("is asked about in another stack", async () => {
    await verify(["--stack", "other"]);
    const pulumi = desk.called.filter((line) => line.startsWith("pulumi "));
    expect(pulumi).toHaveLength(2);
    expect(pulumi.every((line) => line.endsWith("--stack other"))).toBe(true);
  });
});

describe("what is wrong is found, and the exit code says so", () => {
  test("withdrawals", async () => {
    byServer.reset({ [restrictionsPath]: { body: { ...soundRestrictions, enableWithdrawals: true } } });
    expect(await complaints()).toEqual({ code: 1, ids: ["withdrawals: fail", "permissions: fail"] });
  });

  test("a key that works from here, too", async () => {
    directly.reset();
    expect(await complaints()).toEqual({ code: 1, ids: ["whitelist: fail"] });
  });

  test("a second proof that can't be made", async () => {
    expect(await complaints({ ways: { direct: undefined } })).toEqual({
      code: 2,
      ids: ["whitelist: unknown"],
    });
  });

  test("a refused server: nothing more is asked of it, and the address is named", async () => {
    byServer.reset({ [restrictionsPath]: refusedAddress });
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    expect(stdout).toContain("203.0.113.10");
    expect(byServer.asked).toHaveLength(2);
  });

  test("a ban: nothing more is sent, from nowhere", async () => {
    byServer.reset({ "/api/v3/time": { status: 418, headers: { "retry-after": "600" }, body: "" } });
    const { code, stdout } = await verify();
    expect(code).toBe(2);
    expect(stdout).toContain("for 10 minutes");
    expect(byServer.asked).toHaveLength(1);
    expect(directly.asked).toEqual([]);
  });

  test.each([
    ["Host key verification failed.", "another host key"],
    ["ssh: connect to host 203.0.113.10 port 22: Connection timed out", "adminCidrs"],
    ["admin@203.0.113.10: Permission denied (publickey).", "deploy key"],
    ["channel 0: open failed: connect failed: Name or service not known", "made no connection"],
  ])("ssh says: %s", async (said, expected) => {
    const { code, stdout, stderr } = await verify([], { ways: { server: said } });
    expect(stderr).toBe("");
    expect(code).toBe(2);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(expected);
    expect(directly.asked).toEqual([]);
  });

  test("a secret in a tracked file, and only in a tracked one", async () => {
    const git = (...words: string[]) => execFileSync("git", words, { cwd: desk.folder, stdio: "pipe" });
    git("init", "--quiet");
    writeFileSync(join(desk.folder, "notes.txt"), `secret: ${keyPair.apiSecret}`);
    expect((await complaints()).ids).toEqual([]);
    git("add", "notes.txt");
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    expect(stdout).toContain("notes.txt");
    rmSync(join(desk.folder, ".git"), { recursive: true });
  });
});

describe("what a person confirms", () => {
  test("is asked, dated and kept in the stack's settings", async () => {
    const { stderr } = await verify(["--confirm"], { input: "yes\nno\ny\n" });
    const kept = desk.called.find((line) => line.includes("config set"));
    const key = keyFingerprint(keyPair.apiKey);
    expect(kept).toContain(
      `--plaintext confirmations ${JSON.stringify({ twoFactor: { on: today, key }, passwordManager: { on: today, key } })}`,
    );
    expect(stderr).toContain("Not confirmed.");
  });

  test("is nothing where nobody answers", async () => {
    const { stdout } = await verify(["--confirm"]);
    expect(desk.called.find((line) => line.includes("config set"))).toContain("confirmations {}");
    expect(stdout).toContain("npm run verify -- --confirm");
  });
});

describe("what can't be checked at all ends with 2 and a sentence", () => {
  test.each<[string, object, string]>([
    ["half a pair", { "binance:apiSecret": undefined }, "binance:apiSecret is missing"],
    ["no pair", { "binance:apiKey": undefined, "binance:apiSecret": undefined }, "has no key pair yet"],
    ["a secret with a line break", { "binance:apiSecret": `${keyPair.apiSecret}\n` }, "line break"],
    ["a setting of no sense", { "trading-bot-server:renewAfterMonths": "x" }, "renewAfterMonths"],
  ])("%s", async (_, changes, expected) => {
    const { code, stdout, stderr } = await verify([], { changes });
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(expected);
    expect(stderr).not.toContain("    at ");
    expect(byServer.asked).toEqual([]);
  });

  test("an option that isn't known", async () => {
    expect(await verify(["--cofirm"])).toMatchObject({ code: 2, stdout: "" });
  });

  test("help is no check", async () => {
    const { code, stdout } = await verify(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Usage: npm run verify");
    expect(desk.called).toEqual([]);
  });
});

describe("the check of a new pair", () => {
  const server = { host: outputs.ipToWhitelist, user: "admin", hostKey: outputs.hostKey, deployKey };

  async function candidate(verification: string, input?: string): Promise<Ended> {
    const ended = await desk.run("verify-candidate.ts", [], {
      ways: { server: byServer.port, direct: undefined },
      input: input ?? `${JSON.stringify({ keyPair, server, verification })}\n`,
    });
    const said = ended.stdout + ended.stderr + desk.called.join("\n");
    for (const secret of [keyPair.apiKey, keyPair.apiSecret, "b3BlbnNzaCQx81"]) {
      expect(tells(said, secret)).toBe(false);
    }
    expect(ended.stdout).toBe("");
    return ended;
  }

  test("lets a sound one pass with one line: one ssh, one TLS connection, four questions, no Pulumi", async () => {
    const { code, stderr } = await candidate("enforce");
    expect([code, stderr]).toEqual([
      0,
      "The new key pair works from 203.0.113.10, and may do no more than it needs.\n",
    ]);
    expect(desk.called.map((line) => line.split(" ")[0])).toEqual(["ssh"]);
    expect(byServer.connections).toBe(1);
    expect(byServer.asked).toHaveLength(4);
  });

  test("holds one back that may withdraw, and says so with a warning only", async () => {
    byServer.reset({ [restrictionsPath]: { body: { ...soundRestrictions, enableWithdrawals: true } } });
    const { code, stderr } = await candidate("enforce");
    expect(code).toBe(1);
    expect(stderr).toContain("It is not activated");
    expect(stderr).toContain("enableWithdrawals is true");
    expect(await candidate("warn")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("activated all the same"),
    });
  });

  test("blocks what it can't find out", async () => {
    byServer.reset({ [restrictionsPath]: { status: 503, body: "" } });
    const { code, stderr } = await candidate("enforce");
    expect(code).toBe(2);
    expect(stderr).toContain("could not be found out. It is not activated");
  });

  test.each([
    ["nothing", ""],
    ["no JSON", keyPair.apiSecret],
    [
      "a damaged pair",
      JSON.stringify({
        keyPair: { ...keyPair, apiSecret: ` ${keyPair.apiSecret}` },
        server,
        verification: "warn",
      }),
    ],
    [
      "a host key with an option in it",
      JSON.stringify({
        keyPair,
        server: { ...server, hostKey: "ssh-ed25519 A -oProxyCommand=x" },
        verification: "enforce",
      }),
    ],
  ])("refuses %s on standard input, and connects to nothing", async (_, input) => {
    expect((await candidate("", input || "\n")).code).toBe(2);
    expect(desk.called).toEqual([]);
  });
});
