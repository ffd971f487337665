import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint, type MadeKeyPair } from "../../binance/key-pair.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { binance, createKey, spot } from "./binance.ts";
import { BotOnServer, nextOrder, stackWithBot } from "./bot.ts";
import { base64Forms, filesWith, watchingProcesses } from "./canary.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

// A key that is made on the server, in order: every test starts where the previous one ended.

const { home, project, state } = foldersOfThisRun();
const restrictionsPath = "/sapi/v1/account/apiRestrictions";

const made = z.object({ publicKey: z.string(), pem: z.string(), ipAddress: z.ipv4(), isNew: z.boolean() });
const stored = z.object({ apiKey: z.string(), apiSecret: z.string(), publicKey: z.string() });

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let address: string;
let live: MadeKeyPair;
/** The private keys that were on a server, each as the one line of its PEM that is secret. */
const privateKeys: string[] = [];

beforeAll(async () => {
  stack = await stackWithBot("made-key");
  await stack.setPath("bot.command", "/usr/bin/node {program}/bot.mjs");
  await stack.setPath("bot.profile", "jit");
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  await useServer();
  expect(await stack.script("install-bot", [join(import.meta.dirname, "bots/ed25519")])).toMatchObject({
    code: 0,
  });
});

afterAll(async () => {
  await stack.remove();
});

async function useServer(): Promise<void> {
  server = new Server((await onlyServer()).id);
  bot = new BotOnServer(server);
}

async function makeKey(...args: string[]): Promise<z.output<typeof made>> {
  const { code, stdout, stderr } = await stack.script("make-key", ["--json", ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return made.parse(JSON.parse(stdout));
}

/** Creates a "Self-generated" API key, as the owner does with what make-key shows. */
async function createAtBinance(publicKey: string, permissions = spot): Promise<MadeKeyPair> {
  const { apiKey } = await binance.createKey({
    label: "TradingBot-Hetzner-made",
    type: "ed25519",
    publicKey: `-----BEGIN PUBLIC KEY-----\n${publicKey}\n-----END PUBLIC KEY-----\n`,
    permissions,
    whitelist: [address],
  });
  return { apiKey, publicKey };
}

async function setPair({ apiKey, publicKey }: MadeKeyPair): Promise<void> {
  await stack.setSecret("binance:apiKey", apiKey);
  await stack.set("binance:publicKey", publicKey);
}

async function rememberPrivateKey(): Promise<void> {
  const { apiSecret } = stored.parse(await server.pairInUnit());
  privateKeys.push(apiSecret.split("\n")[1] ?? "");
}

describe("the first key", () => {
  test("is made once, and stays until it is in use", async () => {
    const first = await makeKey();
    expect(first).toMatchObject({ ipAddress: address, isNew: true });
    expect(await makeKey()).toEqual({ ...first, isNew: false });
    expect(await makeKey("--new", "--yes")).not.toMatchObject({ publicKey: first.publicKey });
  });

  test("isn't activated if it may do too much at Binance", async () => {
    const { publicKey } = await makeKey();
    const excessive = await createAtBinance(publicKey, [...spot, "withdrawals"]);
    await setPair(excessive);
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain("enableWithdrawals is true");
    expect(await server.run("binance-credential fingerprint")).toBe("none");
    expect(await makeKey()).toMatchObject({ publicKey, isNew: false });
  });

  test("is verified and activated, and the bot trades with it", async () => {
    const { publicKey } = await makeKey();
    live = await createAtBinance(publicKey);
    await setPair(live);
    await binance.clearRequests();
    await stack.mustUp();
    const requests = await binance.requests();
    expect(requests.some(({ path, status }) => path.startsWith(restrictionsPath) && status === 200)).toBe(
      true,
    );
    expect(await stack.output("liveKeyPair")).toBe(fingerprint(live));
    expect(await server.run("binance-credential fingerprint")).toBe(fingerprint(live));
    await rememberPrivateKey();
    await bot.becomes("active");
    expect(await nextOrder()).toEqual(expect.objectContaining({ source: address, status: 200 }));
  });

  test("is verified again from both vantage points", async () => {
    await binance.clearRequests();
    const { stdout } = await stack.script("verify", ["--json"]);
    const { findings } = z
      .object({ findings: z.array(z.object({ id: z.string(), verdict: z.string() })) })
      .parse(JSON.parse(stdout));
    const verdicts = Object.fromEntries(findings.map(({ id, verdict }) => [id, verdict]));
    expect(verdicts).toMatchObject({
      whitelist: "pass",
      permissions: "pass",
      connection: "pass",
      "spot-trading": "pass",
    });
  });
});

test("a rotation to another made key restarts the bot with it, in no process list", async () => {
  const { publicKey, isNew } = await makeKey();
  expect(isNew).toBe(true);
  const before = await bot.property("InvocationID");
  live = await createAtBinance(publicKey);
  await setPair(live);
  // A part of every private key in PKCS#8 is the same, so the running processes are searched for the rest afterwards.
  const { shown } = await watchingProcesses(["MC4CAQAwBQYDK2Vw"], () => stack.mustUp());
  expect(shown.filter((text) => !text.includes("SECRET="))).toEqual([]);
  await bot.restartsAfter(before);
  await rememberPrivateKey();
  expect(new Set(privateKeys).size).toBe(2);
  expect((await nextOrder()).status).toBe(200);
});

test("a pair with which this bot can't sign is rolled back to it", async () => {
  const { apiKey, apiSecret } = await createKey("hmac", [address]);
  expect(
    await server
      .run("binance-credential install", `${JSON.stringify({ apiKey, apiSecret })}\n`)
      .catch(String),
  ).toContain(`The previous pair ${fingerprint(live)} is live again`);
  await bot.becomes("active");
  expect(await server.run("binance-credential fingerprint")).toBe(fingerprint(live));
});

test("the private key isn't shown, and nothing but the fixed requests is signed", async () => {
  await expect(server.run("binance-credential show")).rejects.toThrow("never leaves it");
  const order = { symbol: "BTCUSDC", side: "BUY", type: "MARKET", quoteOrderQty: "20" };
  const query = `${new URLSearchParams(order).toString()}&recvWindow=5000&timestamp=${Date.now()}`;
  const request = JSON.stringify({ method: "POST", path: "/api/v3/order", query });
  const printed = await server.run(`binance-credential sign ${live.publicKey}`, `${request}\n`);
  expect(printed).toContain("it isn't one of the requests that this server signs");
  expect(printed).not.toContain("signature");
});

test("stop lists the bot's order and cancels it, with requests that the server signs", async () => {
  const { code, stdout } = await stack.script("stop", ["--cancel-orders", "--yes"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("Canceled: ") });
  expect((await stack.script("start", [])).code).toBe(0);
  await bot.becomes("active");
});

test("a public key whose private key is elsewhere changes nothing", async () => {
  const foreign = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "der" });
  await stack.set("binance:publicKey", foreign.toString("base64"));
  const { code, stdout } = await stack.up();
  expect(code).not.toBe(0);
  expect(stdout).toContain("doesn't have the private key of the public key");
  expect(await server.run("binance-credential fingerprint")).toBe(fingerprint(live));
  await setPair(live);
  await stack.mustUp();
});

test("a replacement says before it starts that the key ends, and ends well without it", async () => {
  const urn = await stack.output("serverUrn");
  const preview = await stack.preview("--replace", urn);
  expect(preview.stdout).toContain("The new server has no key");
  const { code, stdout } = await stack.script("replace", ["--yes"]);
  expect(stdout).toContain("THE KEY ENDS WITH THE OLD SERVER");
  expect(stdout).toContain("The server has no key now, so the bot stays off.");
  // The server is replaced, but the bot doesn't run.
  expect(code).toBe(1);
  await useServer();
  expect(await stack.output("liveKeyPair")).toBe("none");
  const again = await stack.mustUp();
  expect(again.stdout).toContain("Make a new key: npm run make-key");
});

test("a new key lets the same bot run on the new server", async () => {
  const { publicKey, isNew } = await makeKey();
  expect(isNew).toBe(true);
  live = await createAtBinance(publicKey);
  await setPair(live);
  await stack.mustUp();
  await bot.becomes("active");
  await rememberPrivateKey();
  expect((await nextOrder()).status).toBe(200);
});

test("no private key was ever on this computer, or in plain text on the server's disk", async () => {
  expect(privateKeys.map(({ length }) => length)).toEqual([64, 64, 64]);
  const forms = privateKeys.flatMap((key) => [key, ...base64Forms(key)]);
  expect(forms.filter((form) => stack.transcript.includes(form))).toEqual([]);
  const folders = [home, project, state, server.written];
  expect(await filesWith(forms, folders)).toEqual([]);
  const planted = await server.plant(privateKeys[2] ?? "");
  expect(await filesWith(forms, folders)).toEqual([planted]);
});

test("revoke deletes it, and finds out without it whether Binance still knows the key", async () => {
  const first = await stack.script("revoke", ["--yes"]);
  expect(first.stdout).toContain("Binance still knows the key");
  expect(first.code).toBe(3);
  expect(await server.run("ls -A /etc/credstore.encrypted")).not.toContain("binance");
  expect(await stack.mustUp()).toMatchObject({ code: 0 });
  expect(await stack.output("liveKeyPair")).toBe("none");
});
