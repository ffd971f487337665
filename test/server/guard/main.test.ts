import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint } from "../../../binance/key-pair.ts";
import { leaks } from "../../arbitraries.ts";
import {
  type Answer,
  BinanceStandIn,
  refusedAddress,
  soundRestrictions,
} from "../../support/binance-stand-in.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { keyPair } from "../../support/fixtures.ts";
import { type Ended, Installation } from "./installation.ts";
import { WebhookStandIn } from "./webhook-stand-in.ts";

const topic = "Qx7-canary-topic-9fK2mLw8Zt4";
const restrictionsPath = "/sapi/v1/account/apiRestrictions";
const timePath = "/api/v3/time";

let binance: BinanceStandIn;
let impostor: BinanceStandIn;
let webhook: WebhookStandIn;
let server: Installation;
const output: string[] = [];

beforeAll(async () => {
  const exchange = makeCertificate("api.binance.com");
  const service = makeCertificate("ntfy.sh");
  binance = await BinanceStandIn.start(exchange);
  impostor = await BinanceStandIn.start(makeCertificate("api.binance.com"));
  webhook = await WebhookStandIn.start(service);
  server = new Installation([exchange.ca, service.ca], {});
});

beforeEach(() => {
  binance.reset();
  impostor.reset();
  webhook.status = 200;
  webhook.taken.length = 0;
  Object.assign(server.ports, { "api.binance.com": binance.port, "ntfy.sh": webhook.port });
  server.forget();
  server.setKeyPair(keyPair);
  server.setAddress("webhook", `https://ntfy.sh/${topic}`);
  server.setAddress("heartbeat", undefined);
});

// After all tests: nothing that was printed or written reveals anything of a secret.
afterAll(() => {
  binance.stop();
  impostor.stop();
  webhook.stop();
  server.remove();
  const everything = output.join("\n");
  expect(everything).not.toBe("");
  for (const secret of [keyPair.apiKey, keyPair.apiSecret, topic]) {
    expect(leaks(everything, secret)).toBe(false);
  }
});

async function run(...expected: string[]): Promise<Ended> {
  const ended = await server.run(...expected);
  output.push(ended.output, server.remembered);
  for (const { query } of [...binance.asked, ...impostor.asked]) {
    const signature = new URLSearchParams(query).get("signature");
    if (signature !== null) {
      expect(leaks(ended.output + server.remembered, signature, 12)).toBe(false);
    }
  }
  return ended;
}

/** A check, and then what guard-verdict starts after it. */
async function checkAndSend(): Promise<Ended> {
  const checked = await run("check");
  const sent = await run("send");
  return { code: checked.code, output: checked.output + sent.output };
}

function answer(changes: Record<string, unknown>): void {
  binance.reset({ [restrictionsPath]: { body: { ...soundRestrictions, ...changes } } });
}

function answerWith(restrictions: Answer): void {
  binance.reset({ [restrictionsPath]: restrictions });
}

describe("a check", () => {
  test("passes a sound key, with one line a finding and two requests of weight 1", async () => {
    const { code, output } = await run("check");
    expect(code).toBe(0);
    expect(output.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^<6>Withdrawals are off: pass\. /),
      expect.stringMatching(/^<6>The whitelist is active: pass\. /),
      expect.stringMatching(/^<6>No permission beyond the needed ones: pass\. /),
    ]);
    expect(binance.paths).toEqual([`GET ${timePath}`, `GET ${restrictionsPath}`]);
    expect(binance.connections).toBe(1);
    expect(webhook.taken).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      "may withdraw",
      { enableWithdrawals: true },
      "<3>Withdrawals are off: fail. A person with this key can withdraw",
    ],
    ["works from everywhere", { ipRestrict: false }, "<3>The whitelist is active: fail."],
    ["may trade futures", { enableFutures: true }, '"Enable Futures" (enableFutures)'],
    ["may do something new", { enableSomethingNew: true }, "enableSomethingNew"],
  ])(
    "fails a key that %s, and reports it to the journal and then the webhook",
    async (_, changes, expected) => {
      answer(changes);
      const { code, output } = await run("check");
      expect(code).toBe(3);
      expect(output).toContain(expected);
      // The bot must be stopped first.
      expect(webhook.taken).toEqual([]);
      expect(await run("send")).toEqual({ code: 0, output: "" });
      expect(webhook.taken).toHaveLength(1);
      expect(webhook.taken[0]?.body).toMatch(
        /^trading-bot-prod \(203\.0\.113\.10\): the guard has stopped the bot because of its Binance key\.\n/,
      );
    },
  );

  test.each<[string, Answer, string, number]>([
    ["refuses the key", refusedAddress, "add 203.0.113.10", 2],
    ["doesn't know the key", { status: 400, body: { code: -2008, msg: "" } }, "Then run `pulumi up`.", 2],
    ["refuses the signature", { status: 400, body: { code: -1022, msg: "" } }, "Then run `pulumi up`.", 2],
    ["refuses by its firewall", { status: 403, body: "<html>" }, "The guard checks again by itself.", 4],
    ["doesn't serve the country", { status: 451, body: { code: 0, msg: "" } }, "EU location", 2],
    ["is under maintenance", { status: 503, body: "" }, "The guard checks again by itself.", 4],
    ["sends HTML", { body: "<html>" }, "The guard checks again by itself.", 2],
    ["sends a list", { body: [] }, "The guard checks again by itself.", 2],
    [
      "reports nothing about withdrawals",
      { body: { ipRestrict: true } },
      "is unclear about enableWithdrawals",
      2,
    ],
    ["cuts the connection", { instead: "cut" }, "The guard checks again by itself.", 4],
  ])("is unknown if Binance %s, and says what to do", async (_, restrictions, expected, exitCode) => {
    answerWith(restrictions);
    const { code, output } = await run("check");
    expect(code).toBe(exitCode);
    expect(output).toMatch(/^<4>/);
    expect(output).toContain(expected);
    expect(output).not.toMatch(/<3>|run this again|\bssh has/i);
  });

  test("is unknown if Binance can't be reached", async () => {
    server.ports["api.binance.com"] = 9;
    const { code, output } = await run("check");
    expect(code).toBe(4);
    expect(output).toContain("no connection (ECONNREFUSED)");
    expect(webhook.taken).toEqual([]);
  });

  test("sends the key to Binance only", async () => {
    server.ports["api.binance.com"] = impostor.port;
    const { code, output } = await run("check");
    expect(code).toBe(4);
    expect(output).toContain("The key was not sent.");
    expect(impostor.asked).toEqual([]);
  });
});

describe("after a ban", () => {
  test.each<[string, Answer, boolean]>([
    [
      "418 with a time",
      { status: 418, body: { code: -1003, msg: "" }, headers: { "retry-after": "3600" } },
      true,
    ],
    ["429 without one", { status: 429, body: { code: -1003, msg: "" } }, true],
    ["a refused key", refusedAddress, false],
  ])("%s, the next check sends nothing: %j", async (_, restrictions, silent) => {
    answerWith(restrictions);
    expect((await run("check")).code).toBe(silent ? 5 : 2);
    binance.reset();
    const { code, output } = await run("check");
    expect(binance.asked.length).toBe(silent ? 0 : 2);
    expect(code).toBe(silent ? 5 : 0);
    if (silent) {
      expect(output).toMatch(/^<4>No check until 20\d\d-.* UTC: Binance asked for a pause\.\n$/);
    }
  });

  test("by Binance's firewall, which has another reason than too many requests, the code is another one", async () => {
    answerWith({ status: 403, body: "<html>" });
    expect([(await run("check")).code, (await run("check")).code]).toEqual([4, 4]);
  });

  test("it sends requests again when the time is over, and forgets the pause", async () => {
    server.write("state/memory.json", JSON.stringify({ silentUntil: Date.now() - 1 }));
    expect((await run("check")).code).toBe(0);
    expect(server.remembered).not.toContain("silentUntil");
  });

  test("a time that only a wrong clock can have stored, or a broken state, prevents nothing", async () => {
    server.write("state/memory.json", JSON.stringify({ silentUntil: Date.now() + 1e12 }));
    expect((await run("check")).code).toBe(0);
    server.write("state/memory.json", '{"silentUntil":"');
    expect((await run("check")).code).toBe(0);
  });
});

describe("the pair that has passed", () => {
  test("is named by its fingerprint, until the next check begins", async () => {
    await run("check");
    expect(server.read("runtime/checked")).toBe(fingerprint(keyPair));
    answerWith({ status: 503, body: "" });
    await run("check");
    expect(server.remembered).not.toContain(fingerprint(keyPair));
  });
});

describe("the memory", () => {
  const memory = () =>
    z.looseObject({ verdictAt: z.number().optional() }).parse(JSON.parse(server.read("state/memory.json")));

  test("has when the guard last knew what the key may do, and why it doesn't know", async () => {
    const before = Date.now();
    await run("check");
    const first = memory();
    expect(first).toEqual({ verdictAt: expect.any(Number), lastCheck: { at: expect.any(Number) } });
    answerWith({ status: 503, body: "" });
    await run("check");
    expect(memory()).toEqual({
      verdictAt: first.verdictAt,
      lastCheck: { at: expect.any(Number), reason: "HTTP 503." },
    });
    expect(first.verdictAt).toBeGreaterThanOrEqual(before);
    answer({ enableWithdrawals: true });
    await run("check");
    expect(memory()).toEqual({ verdictAt: expect.any(Number), lastCheck: { at: expect.any(Number) } });
  });

  test("keeps the reason of a check that asks for a pause", async () => {
    answerWith({ status: 418, body: { code: -1003, msg: "" }, headers: { "retry-after": "3600" } });
    await run("check");
    await run("check");
    expect(memory()).toMatchObject({
      quota: true,
      lastCheck: { reason: expect.stringMatching(/^HTTP 418, code -1003/) },
    });
  });
});

describe("the webhook gets a message", () => {
  const bodies = (): string[] => webhook.taken.map(({ body }) => body);

  test("for a change, once: the key fails, fails for another reason, and passes again", async () => {
    await checkAndSend();
    answer({ enableFutures: true });
    await checkAndSend();
    await checkAndSend();
    expect(bodies()).toHaveLength(1);
    answer({ enableFutures: true, enableWithdrawals: true });
    await checkAndSend();
    await checkAndSend();
    expect(bodies()).toHaveLength(2);
    answer({});
    await checkAndSend();
    await checkAndSend();
    expect(bodies()).toHaveLength(3);
    expect(bodies()[1]).toContain("Delete the key at Binance at once");
    expect(bodies()[2]).toContain("passes the check again");
  });

  test("for a key that is refused, and for one that works again; not for an unknown result", async () => {
    await checkAndSend();
    answerWith(refusedAddress);
    await checkAndSend();
    await checkAndSend();
    expect(bodies()).toEqual([
      expect.stringContaining("Binance refuses the bot's key. HTTP 401, code -2015"),
    ]);
    answerWith({ status: 503, body: "" });
    await checkAndSend();
    answerWith(refusedAddress);
    await checkAndSend();
    expect(bodies()).toHaveLength(1);
    answer({});
    await checkAndSend();
    expect(bodies()).toHaveLength(2);
  });

  test.each([
    [500, "HTTP 500"],
    [302, "a redirect, which isn't followed"],
  ])("by the next check if the service answered %i, and the verdict stays", async (status, expected) => {
    answer({ ipRestrict: false });
    webhook.status = status;
    const { code, output } = await checkAndSend();
    expect(code).toBe(3);
    expect(output).toContain(`<4>The webhook at ntfy.sh did not accept the message: ${expected}.`);
    webhook.status = 204;
    await checkAndSend();
    await checkAndSend();
    expect(bodies()).toHaveLength(2);
  });

  test("for a check that is refused because of too many requests, once", async () => {
    answerWith({ status: 429, body: { code: -1003, msg: "" } });
    await checkAndSend();
    await checkAndSend();
    expect(bodies()).toEqual([expect.stringContaining("this server has sent too many requests. HTTP 429")]);
  });

  test("by the next check also if that sends nothing to Binance", async () => {
    webhook.status = 500;
    answerWith({ status: 429, body: { code: -1003, msg: "" } });
    await checkAndSend();
    webhook.status = 200;
    await checkAndSend();
    await checkAndSend();
    expect(bodies()).toHaveLength(2);
  });

  test("not any more, if it was not accepted and the situation has changed since", async () => {
    webhook.status = 500;
    answer({ ipRestrict: false });
    await checkAndSend();
    webhook.status = 200;
    answer({});
    await checkAndSend();
    expect(bodies()).toHaveLength(1);
  });

  test("only over TLS with a trusted certificate", async () => {
    answer({ ipRestrict: false });
    server.ports["ntfy.sh"] = impostor.port;
    const { code, output } = await checkAndSend();
    expect(code).toBe(3);
    expect(output).toMatch(/<4>The webhook at ntfy\.sh did not accept the message: \w*CERT\w*\./);
  });

  test("if it is set later", async () => {
    server.setAddress("webhook", undefined);
    answer({ ipRestrict: false });
    expect((await checkAndSend()).code).toBe(3);
    server.setAddress("webhook", `https://ntfy.sh/${topic}`);
    await checkAndSend();
    expect(bodies()).toHaveLength(1);
  });

  test.each([`http://ntfy.sh/${topic}`, `ntfy.sh/${topic}`])(
    "never at an address without TLS, and the verdict stays",
    async (address) => {
      server.setAddress("webhook", address);
      answer({ ipRestrict: false });
      const { code, output } = await checkAndSend();
      expect(code).toBe(3);
      expect(output).toContain("must start with https://");
    },
  );
});

describe("the heartbeat", () => {
  const secret = "ping-4kD0-canary-9fK2mLw8Zt4";

  beforeEach(() => {
    server.setAddress("heartbeat", `https://ntfy.sh/${secret}`);
  });

  test("is called once if the service accepts it", async () => {
    expect(await run("heartbeat")).toEqual({ code: 0, output: "" });
    expect(webhook.taken.map(({ path, body }) => [path, body])).toEqual([[`/${secret}`, ""]]);
  });

  test("is called three times at most, and no message shows more than its host", async () => {
    webhook.status = 503;
    const { code, output } = await run("heartbeat");
    expect(code).toBe(2);
    expect(output).toBe("<4>The heartbeat at ntfy.sh was not accepted in 3 tries: HTTP 503.\n");
    expect(webhook.taken).toHaveLength(3);
  });

  test("isn't called if none is set, and never without TLS", async () => {
    server.setAddress("heartbeat", undefined);
    expect((await run("heartbeat")).code).toBe(0);
    server.setAddress("heartbeat", `http://ntfy.sh/${secret}`);
    const { code, output } = await run("heartbeat");
    expect(code).toBe(2);
    expect(output).toContain("must start with https://");
    expect(leaks(output, secret)).toBe(false);
    expect(webhook.taken).toEqual([]);
  });
});

describe("report", () => {
  test("sends a message to the webhook, with the server's name", async () => {
    expect((await run("report", "The bot has", "failed.")).code).toBe(0);
    expect(webhook.taken).toEqual([
      {
        path: `/${topic}`,
        contentType: "text/plain; charset=utf-8",
        body: "trading-bot-prod (203.0.113.10): The bot has failed.",
      },
    ]);
  });

  test("writes to the journal, also if no webhook is set or the message isn't accepted", async () => {
    server.setAddress("webhook", undefined);
    expect(await run("report", "A message.")).toEqual({ code: 0, output: "<3>A message.\n" });
    server.setAddress("webhook", `https://ntfy.sh/${topic}`);
    webhook.status = 500;
    const { code, output } = await run("report", "A message.");
    expect(code).toBe(2);
    expect(output).toContain("HTTP 500");
  });
});

describe("a broken setup stops no bot", () => {
  test.each([
    ["no key", "credentials/binance", "", "doesn't contain a key pair"],
    ["half a key", "credentials/binance", `{"apiKey":"${keyPair.apiKey}"`, "doesn't contain a key pair"],
    ["no settings", "configuration/guard.json", "{}", "`pulumi up --replace '**::guard'` writes it again"],
  ])("%s", async (_, name, content, expected) => {
    const other = new Installation([], server.ports);
    try {
      other.setKeyPair(keyPair);
      other.write(name, content);
      const ended = await other.run("check");
      expect(ended.code).toBe(2);
      expect(ended.output).toContain(expected);
      expect(leaks(ended.output, keyPair.apiKey)).toBe(false);
    } finally {
      other.remove();
    }
  });

  test("a secret that can't sign", async () => {
    server.setKeyPair({
      ...keyPair,
      apiSecret: "-----BEGIN PRIVATE KEY-----\nbad\n-----END PRIVATE KEY-----",
    });
    const { code, output } = await run("check");
    expect(code).toBe(2);
    expect(output).toContain("can't sign");
  });

  test("a wrong command", async () => {
    expect((await run("check", "now")).code).toBe(2);
    expect((await run()).code).toBe(2);
    expect(await run("--help")).toMatchObject({
      code: 0,
      output: expect.stringContaining("Usage: guard.mjs"),
    });
  });
});
