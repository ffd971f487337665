import { verify as verifySignature } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { fingerprint, type MadeKeyPair } from "../../binance/key-pair.ts";
import { readPublicKey } from "../../binance/public-key.ts";
import { type Answers, BinanceStandIn, refusedAddress } from "../support/binance-stand-in.ts";
import { makeCertificate } from "../support/certificate.ts";
import { keyPair, outputs, server } from "../support/fixtures.ts";
import { OperatorComputer, type ScriptResult } from "./operator-computer.ts";

// The commands of this computer with the server's real tool, which makes the key and signs.

let throughServer: BinanceStandIn;
let directly: BinanceStandIn;
let computer: OperatorComputer;
let pair: MadeKeyPair;

/** The stand-in for systemd-creds hides nothing, but a credential can be read only under its own name. */
const systemdCreds = `
for arg in "$@"; do case $arg in --name=*) name=$arg ;; esac; done
if [ "$1" = encrypt ]; then echo "$name"; exec cat; fi
for arg in "$@"; do case $arg in /*) file=$arg ;; esac; done
[ "$(head -n 1 "$file")" = "$name" ] && exec tail -n +2 "$file"
exit 1
`;

const restrictionsPath = "/sapi/v1/account/apiRestrictions";
const tool = join(import.meta.dirname, "../../server/rootfs/usr/local/sbin/binance-credential");

beforeAll(async () => {
  const certificate = makeCertificate("api.binance.com");
  throughServer = await BinanceStandIn.start(certificate);
  directly = await BinanceStandIn.start(certificate);
  computer = new OperatorComputer(outputs, certificate.ca);
  computer.addServerProgram("systemd-creds", systemdCreds);
  computer.addServerProgram("logger", "exit 0");
  mkdirSync(join(computer.folder, "root"));
  useRealTool();
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

function useRealTool(): void {
  const root = join(computer.folder, "root");
  computer.addServerProgram(
    "binance-credential",
    `TRADING_BOT_ROOT='${root}' exec python3 -IB '${tool}' "$@"`,
  );
}

function run(
  script: string,
  args: string[] = [],
  settings: Record<string, string> = {},
): Promise<ScriptResult> {
  return computer.run(script, args, {
    routes: { server: throughServer.port, direct: directly.port },
    settings,
  });
}

function settingsOf({ apiKey, publicKey }: MadeKeyPair): Record<string, string> {
  return { "binance:apiKey": apiKey, "binance:publicKey": publicKey };
}

/** Whether every signed request has a signature that Binance would accept. */
function areSigned(publicKey: string, standIn: BinanceStandIn): boolean {
  const key = { key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" } as const;
  const signed = standIn.asked.filter(({ query }) => query.includes("signature="));
  return (
    signed.length > 0 &&
    signed.every(({ query }) => {
      const [payload = "", signature = ""] = query.split("&signature=");
      return verifySignature(
        null,
        Buffer.from(payload),
        key,
        Buffer.from(decodeURIComponent(signature), "base64"),
      );
    })
  );
}

describe("npm run make-key", () => {
  test("shows the public key, the address and the commands that follow, and the same key again", async () => {
    const first = await run("make-key.ts");
    expect([first.code, first.stderr]).toEqual([0, ""]);
    const [, publicKey = ""] =
      /-----BEGIN PUBLIC KEY-----\n(.+)\n-----END PUBLIC KEY-----/.exec(first.stdout) ?? [];
    expect(readPublicKey(publicKey)).toEqual({ ok: true, publicKey });
    expect(first.stdout).toContain("Restrict access to the address 203.0.113.10");
    expect(first.stdout).toContain(`pulumi config set binance:publicKey ${publicKey}\n`);
    expect(first.stdout).not.toContain("PRIVATE KEY");
    expect(first.stdout).not.toContain("pulumi config rm");
    const second = await run("make-key.ts", ["--stack", "prod"], { "binance:apiSecret": keyPair.apiSecret });
    expect(second.stdout).toContain("This key was made earlier");
    expect(second.stdout).toContain(`pulumi config set binance:publicKey ${publicKey} --stack prod\n`);
    expect(second.stdout).toContain("pulumi config rm binance:apiSecret --stack prod\n");
    expect(second.stdout).toContain("Permissions: Reading and Spot & Margin Trading only.");
    const futures = await run("make-key.ts", [], { "trading-bot-server:permissions": "futures" });
    expect(futures.stdout).toContain("Permissions: Reading and Futures only.");
    pair = { apiKey: keyPair.apiKey, publicKey };
  });

  test("--json prints what a program needs", async () => {
    const { code, stdout } = await run("make-key.ts", ["--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      publicKey: pair.publicKey,
      pem: `-----BEGIN PUBLIC KEY-----\n${pair.publicKey}\n-----END PUBLIC KEY-----\n`,
      ipAddress: "203.0.113.10",
      isNew: false,
    });
  });

  test("--new asks first", async () => {
    const { code, stderr } = await run("make-key.ts", ["--new"]);
    expect(code).toBe(2);
    expect(stderr).toContain("With --yes it isn't asked");
    expect((await run("make-key.ts", ["--new", "--json"])).stderr).toContain("--new also needs --yes");
    const refused = await computer.runInTerminal("make-key.ts", ["--new"], { at: "Type yes", type: "no\n" });
    expect(refused.code).toBe(1);
    expect(refused.screen).toContain("Nothing was changed.");
    const { stdout } = await run("make-key.ts", ["--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ publicKey: pair.publicKey });
  });

  test("--new --yes makes another key", async () => {
    const { stdout } = await run("make-key.ts", ["--new", "--yes", "--json"]);
    const made: unknown = JSON.parse(stdout);
    expect(made).toMatchObject({ isNew: true });
    expect(made).not.toMatchObject({ publicKey: pair.publicKey });
  });
});

describe("a key that is on the server", () => {
  beforeAll(async () => {
    const { stdout } = await run("make-key.ts", ["--json"]);
    const [, publicKey = ""] = /"publicKey": "(.+)"/.exec(stdout) ?? [];
    pair = { apiKey: keyPair.apiKey, publicKey };
  });

  function candidate(keyPair: MadeKeyPair, more: object = {}): Promise<ScriptResult> {
    return computer.run("verify-candidate.ts", [], {
      routes: { server: throughServer.port, direct: undefined },
      input: `${JSON.stringify({ keyPair, server, verification: "enforce", ...more })}\n`,
    });
  }

  test("passes the gate, with requests that the server has signed", async () => {
    const { code, stderr } = await candidate(pair);
    expect([code, stderr]).toEqual([
      0,
      "The new key pair works from 203.0.113.10, and has only the permissions that it needs.\n",
    ]);
    expect(areSigned(pair.publicKey, throughServer)).toBe(true);
    expect(
      throughServer.asked.every(
        ({ headers, query }) => !query.includes("signature") || headers["x-mbx-apikey"] === pair.apiKey,
      ),
    ).toBe(true);
  });

  test("is verified from both vantage points", async () => {
    const { code, stdout, stderr } = await run("verify.ts", [], settingsOf(pair));
    expect([code, stderr]).toEqual([2, ""]);
    expect(stdout).toContain(`Key pair ${fingerprint(pair)}`);
    expect(stdout).toContain("0 failed");
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
      /The secret is in a password manager pass evidence Its private key is only on the server\./,
    );
    expect(areSigned(pair.publicKey, throughServer)).toBe(true);
    expect(areSigned(pair.publicKey, directly)).toBe(true);
    expect(directly.paths).toEqual([`GET ${restrictionsPath}`]);
  });

  test("signs for both vantage points, one after the other, however slow the server is", async () => {
    const signature = `${"A".repeat(86)}==`;
    computer.addServerProgram(
      "binance-credential",
      `echo ready; while read -r line; do sleep 0.5; echo '{"signature":"${signature}"}'; done`,
    );
    try {
      expect(await run("verify.ts", [], settingsOf(pair))).toMatchObject({ code: 2, stderr: "" });
      expect(directly.paths).toEqual([`GET ${restrictionsPath}`]);
      expect(throughServer.asked.length).toBeGreaterThan(4);
    } finally {
      useRealTool();
    }
  });

  test("reads and cancels open orders", async () => {
    const order = {
      symbol: "BTCUSDC",
      orderId: 7,
      side: "BUY",
      type: "LIMIT",
      origQty: "1",
      executedQty: "0",
      price: "9",
    };
    let open: object[] = [order];
    const answers: Answers = {
      "GET /api/v3/openOrders": () => ({ body: open }),
      "DELETE /api/v3/openOrders": () => {
        open = [];
        return { body: [{ orderId: 7 }] };
      },
    };
    throughServer.reset(answers);
    computer.addServerProgram("bot-control", "exit 0");
    const { code, stdout, stderr } = await run("stop.ts", ["--cancel-orders", "--yes"], settingsOf(pair));
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Canceled: 1 open spot order");
    expect(areSigned(pair.publicKey, throughServer)).toBe(true);
  });

  test("another public key ends `pulumi up` with what to do, before anything is sent to Binance", async () => {
    const other = { ...pair, publicKey: `MCowBQYDK2VwAyEA${"B".repeat(42)}A=` };
    const { code, stderr } = await candidate(other);
    expect(code).toBe(2);
    expect(stderr).toContain("The server can't sign requests with the key of binance:publicKey");
    expect(stderr).toContain(
      `The public key of the key that was made here and isn't used yet is ${pair.publicKey}`,
    );
    expect(throughServer.asked).toEqual([]);
  });

  test("what the server refuses to sign is not sent", async () => {
    computer.addServerProgram(
      "binance-credential",
      `echo ready; while read -r line; do echo '{"refused":"no"}'; done`,
    );
    try {
      const { code, stderr } = await candidate(pair);
      expect(code).toBe(2);
      expect(stderr).toContain("the server did not sign the request: no");
      expect(throughServer.paths).toEqual(["GET /api/v3/time"]);
    } finally {
      useRealTool();
    }
  });

  test.each([
    [
      "a server without any key lets `pulumi up` go on, which then warns",
      "echo none",
      0,
      "Make a new one: npm run make-key",
    ],
    ["a server with an older tool", "echo Usage; exit 2", 2, "of an older version"],
    ["a server that ends the connection", "exit 255", 2, "Can't connect to 203.0.113.10"],
    ["a server that sends without end", "yes | tr -d '\\n'", 2, "can't sign requests"],
  ])("%s", async (_, script, expected, text) => {
    computer.addServerProgram("binance-credential", script);
    try {
      const { code, stderr } = await candidate(pair);
      expect(stderr).toContain(text);
      expect(code).toBe(expected);
      expect(throughServer.asked).toEqual([]);
    } finally {
      useRealTool();
    }
  });

  test("is nowhere on this computer", () => {
    writeFileSync(join(computer.folder, "planted"), "PRIVATE KEY");
    expect(computer.filesWith("PRIVATE KEY").filter((name) => !name.startsWith("root/"))).toEqual([
      "planted",
    ]);
  });
});

describe("make-key and its server", () => {
  test.each([
    ["echo Usage; exit 2", "Run `pulumi up`, and then this again."],
    ["echo 'binance-credential: disk full' >&2; exit 1", "disk full"],
    ["echo 'not a key'", "something other than a public key"],
  ])("%s", async (script, text) => {
    computer.addServerProgram("binance-credential", script);
    const { code, stdout, stderr } = await run("make-key.ts");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(text);
  });
});
