import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint, keyFingerprint } from "../../binance/key-pair.ts";
import { leaks } from "../arbitraries.ts";
import { BinanceStandIn, refusedAddress, soundRestrictions } from "../support/binance-stand-in.ts";
import { makeCertificate } from "../support/certificate.ts";
import { deployKeyLine, keyPair, outputs as soundOutputs, server } from "../support/fixtures.ts";
import { OperatorComputer, type Routes, type ScriptResult } from "./operator-computer.ts";

const outputs = { ...soundOutputs, liveKeyPair: fingerprint(keyPair) };
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

let throughServer: BinanceStandIn;
let directly: BinanceStandIn;
let computer: OperatorComputer;

beforeAll(async () => {
  const certificate = makeCertificate("api.binance.com");
  throughServer = await BinanceStandIn.start(certificate);
  directly = await BinanceStandIn.start(certificate);
  computer = new OperatorComputer(outputs, certificate.ca);
});

beforeEach(() => {
  throughServer.reset();
  directly.reset({ [restrictionsPath]: refusedAddress });
});

afterAll(() => {
  throughServer.stop();
  directly.stop();
  computer.remove();
});

async function verify(
  args: string[] = [],
  {
    routes = {},
    changes = {},
    input = "",
  }: { routes?: Partial<Routes>; changes?: object; input?: string } = {},
): Promise<ScriptResult> {
  const ended = await computer.run("verify.ts", args, {
    routes: { server: throughServer.port, direct: directly.port, ...routes },
    settings: { ...settings, ...changes },
    input,
  });
  const output = ended.stdout + ended.stderr + computer.calls.join("\n");
  const signatures = throughServer.asked.map(({ query }) => query.split("signature=")[1] ?? "");
  for (const secret of [keyPair.apiKey, keyPair.apiSecret, deployKeyLine]) {
    expect(leaks(output, secret)).toBe(false);
  }
  for (const signature of signatures) {
    expect(leaks(output, signature, 15)).toBe(false);
  }
  expect(computer.temporaryFiles).toEqual([]);
  return ended;
}

const report = z.object({
  version: z.literal(1),
  verdict: z.enum(["pass", "fail", "unknown"]),
  findings: z.array(z.looseObject({ id: z.string(), verdict: z.string(), remedy: z.string().nullable() })),
});

async function problems(
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
  test("passes, with one TLS connection through the server, one from this computer, and one command on the server", async () => {
    const { code, stdout, stderr } = await verify();
    expect(stderr).toBe("");
    expect(stdout).toContain("PASS: 15 passed, 0 failed, 0 not known");
    expect(stdout).toContain('"unCoded-Spot-VPS-Frankfurt"');
    expect(stdout).toContain("0.50000000");
    expect(code).toBe(0);
    const connections = computer.calls.filter((line) => line.startsWith("ssh "));
    expect(connections).toHaveLength(2);
    expect(connections).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/StrictHostKeyChecking=yes .*-W api\.binance\.com:443 admin@203\.0\.113\.10$/),
        expect.stringMatching(/StrictHostKeyChecking=yes .* sudo binance-credential fingerprint$/),
      ]),
    );
    expect([throughServer.connections, directly.connections]).toEqual([1, 1]);
    expect(directly.paths).toEqual([`GET ${restrictionsPath}`]);
  });

  test("isn't said to be live if the server has another one, such as after a roll-back there", async () => {
    computer.addServerProgram("binance-credential", 'test "$1" = fingerprint && echo ba9876543210');
    const { code, stdout } = await verify();
    computer.addServerProgram("binance-credential", "exit 1");
    expect(code).toBe(2);
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
      /, not live on the server .* The server's live key pair is ba9876543210\. It was not checked/,
    );
  });

  test("--html writes a page with the findings and the history of key pairs, and nothing secret", async () => {
    const event = { __REALTIME_TIMESTAMP: "1795694399000000", MESSAGE: "activated 0123456789ab" };
    computer.addServerProgram("journalctl", `echo '${JSON.stringify(event)}'`);
    const file = join(computer.folder, "evidence.html");
    const { code, stderr } = await verify(["--html", file]);
    expect([code, stderr]).toEqual([0, `The page is in ${file}.\n`]);
    const page = readFileSync(file, "utf8");
    expect(page).toContain(
      "<td>2026-11-26 11:59:59</td><td>activated</td><td><code>0123456789ab</code></td>",
    );
    expect(page).toContain('<span class="verdict pass">PASS</span>: 15 passed');
    expect(page).not.toContain("0.50000000");
    for (const secret of [keyPair.apiKey, keyPair.apiSecret, deployKeyLine]) {
      expect(leaks(page, secret)).toBe(false);
    }
  });

  test("--html says what is wrong if the file can't be written", async () => {
    const { code, stdout, stderr } = await verify([
      "--html",
      join(computer.folder, "missing", "evidence.html"),
    ]);
    expect([code, stdout]).toEqual([2, expect.stringContaining("PASS")]);
    expect(stderr).toContain("The page can't be written: ENOENT");
  });

  test("is shown in 80 columns, and without colours in a pipe", async () => {
    throughServer.reset({ [restrictionsPath]: { body: { ...soundRestrictions, enableFutures: true } } });
    const { stdout } = await verify();
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).not.toContain("\x1b");
  });

  test("--timings and --verbose print phases and requests on standard error", async () => {
    const { stderr } = await verify(["--timings", "--verbose"]);
    expect(stderr).toMatch(/SSH and TLS to Binance +\d+\.\d\d s/);
    expect(stderr).toMatch(/server: GET \/api\/v3\/account: ok, \d+ ms/);
  });

  test("--stack names another stack", async () => {
    await verify(["--stack", "other"]);
    const pulumi = computer.calls.filter((line) => line.startsWith("pulumi "));
    expect(pulumi).toHaveLength(2);
    expect(pulumi.every((line) => line.endsWith("--stack other"))).toBe(true);
  });
});

describe("a problem is found, and the exit code shows it", () => {
  test("a key that may withdraw", async () => {
    throughServer.reset({ [restrictionsPath]: { body: { ...soundRestrictions, enableWithdrawals: true } } });
    expect(await problems()).toEqual({ code: 1, ids: ["withdrawals: fail", "permissions: fail"] });
  });

  test("a key that works from this computer", async () => {
    directly.reset();
    expect(await problems()).toEqual({ code: 1, ids: ["whitelist: fail"] });
  });

  test("an exchange that closes the connection: Binance's side is named, not ssh", async () => {
    throughServer.reset({ [restrictionsPath]: { instead: "cut" } });
    const { code, stdout } = await verify();
    expect(code).toBe(2);
    expect(stdout).toContain("the connection was closed");
  });

  test("a direct request that can't be made", async () => {
    expect(await problems({ routes: { direct: undefined } })).toEqual({
      code: 2,
      ids: ["whitelist: unknown"],
    });
  });

  test("a refused server: no further request is sent, and the address is named", async () => {
    throughServer.reset({ [restrictionsPath]: refusedAddress });
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    expect(stdout).toContain("203.0.113.10");
    expect(throughServer.asked).toHaveLength(2);
  });

  test("a ban: no further request is sent, from anywhere", async () => {
    throughServer.reset({ "/api/v3/time": { status: 418, headers: { "retry-after": "600" }, body: "" } });
    const { code, stdout } = await verify();
    expect(code).toBe(2);
    expect(stdout).toContain("for 10 minutes");
    expect(throughServer.asked).toHaveLength(1);
    expect(directly.asked).toEqual([]);
  });

  test.each([
    ["Host key verification failed.", "different host key"],
    ["ssh: connect to host 203.0.113.10 port 22: Connection timed out", "adminCidrs"],
    ["admin@203.0.113.10: Permission denied (publickey).", "deploy key"],
    ["channel 0: open failed: connect failed: Name or service not known", "could not connect to Binance"],
  ])("ssh prints: %s", async (stderrOfSsh, expected) => {
    const { code, stdout, stderr } = await verify([], { routes: { server: stderrOfSsh } });
    expect(stderr).toBe("");
    expect(code).toBe(2);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(expected);
    expect(directly.asked).toEqual([]);
  });

  test("a secret in a tracked file, and only in a tracked one", async () => {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: computer.folder, stdio: "pipe" });
    git("init", "--quiet");
    writeFileSync(join(computer.folder, "notes.txt"), `secret: ${keyPair.apiSecret}`);
    expect((await problems()).ids).toEqual([]);
    git("add", "notes.txt");
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    expect(stdout).toContain("notes.txt");
    rmSync(join(computer.folder, ".git"), { recursive: true });
  });
});

describe("what a person confirms", () => {
  test("is saved with its date in the stack's settings", async () => {
    const { stderr } = await verify(["--confirm"], { input: "yes\nno\ny\n" });
    const saved = computer.calls.find((line) => line.includes("config set"));
    const key = keyFingerprint(keyPair.apiKey);
    expect(saved).toContain(
      `--plaintext confirmations ${JSON.stringify({ twoFactor: { on: today, key }, passwordManager: { on: today, key } })}`,
    );
    expect(stderr).toContain("Not confirmed.");
  });

  test("is nothing if nobody answers", async () => {
    const { stdout } = await verify(["--confirm"]);
    expect(computer.calls.find((line) => line.includes("config set"))).toContain("confirmations {}");
    expect(stdout).toContain("npm run verify -- --confirm");
  });
});

describe("what can't be checked at all exits with 2 and a sentence", () => {
  test.each<[string, object, string]>([
    ["half a pair", { "binance:apiSecret": undefined }, "binance:apiSecret is missing"],
    ["no pair", { "binance:apiKey": undefined, "binance:apiSecret": undefined }, "has no key pair yet"],
    ["a secret with a line break", { "binance:apiSecret": `${keyPair.apiSecret}\n` }, "line break"],
    ["an invalid setting", { "trading-bot-server:renewAfterMonths": "x" }, "renewAfterMonths"],
  ])("%s", async (_, changes, expected) => {
    const { code, stdout, stderr } = await verify([], { changes });
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(expected);
    expect(stderr).not.toContain("    at ");
    expect(throughServer.asked).toEqual([]);
  });

  test("an unknown option", async () => {
    expect(await verify(["--cofirm"])).toMatchObject({ code: 2, stdout: "" });
  });

  test("--help checks nothing", async () => {
    const { code, stdout } = await verify(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Usage: npm run verify");
    expect(computer.calls).toEqual([]);
  });
});

describe("the check of a new pair", () => {
  async function candidate(verification: string, input?: string): Promise<ScriptResult> {
    const ended = await computer.run("verify-candidate.ts", [], {
      routes: { server: throughServer.port, direct: undefined },
      input: input ?? `${JSON.stringify({ keyPair, server, verification })}\n`,
    });
    const output = ended.stdout + ended.stderr + computer.calls.join("\n");
    for (const secret of [keyPair.apiKey, keyPair.apiSecret, deployKeyLine]) {
      expect(leaks(output, secret)).toBe(false);
    }
    expect(ended.stdout).toBe("");
    return ended;
  }

  test("passes a sound one with one line: one ssh, one TLS connection, four requests, no Pulumi", async () => {
    const { code, stderr } = await candidate("enforce");
    expect([code, stderr]).toEqual([
      0,
      "The new key pair works from 203.0.113.10, and has only the permissions that it needs.\n",
    ]);
    expect(computer.calls.map((line) => line.split(" ")[0])).toEqual(["ssh"]);
    expect(throughServer.connections).toBe(1);
    expect(throughServer.asked).toHaveLength(4);
  });

  test("fails one that may withdraw, and only reports it if verification is warn", async () => {
    throughServer.reset({ [restrictionsPath]: { body: { ...soundRestrictions, enableWithdrawals: true } } });
    const { code, stderr } = await candidate("enforce");
    expect(code).toBe(1);
    expect(stderr).toContain("It was not activated; the current pair stays live.");
    expect(stderr).toContain("enableWithdrawals is true");
    expect(await candidate("warn")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("It was activated anyway"),
    });
  });

  test("fails what could not be checked", async () => {
    throughServer.reset({ [restrictionsPath]: { status: 503, body: "" } });
    const { code, stderr } = await candidate("enforce");
    expect(code).toBe(2);
    expect(stderr).toContain(
      "Could not verify that the new key pair is safe. It was not activated; the current pair stays live.",
    );
  });

  test.each([
    ["an empty line", ""],
    ["text that isn't JSON", keyPair.apiSecret],
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
  ])("refuses %s on standard input, and calls nothing", async (_, input) => {
    expect((await candidate("", input || "\n")).code).toBe(2);
    expect(computer.calls).toEqual([]);
  });
});
