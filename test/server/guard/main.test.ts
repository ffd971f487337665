import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { leaks } from "../../arbitraries.ts";
import {
  type Answer,
  BinanceStandIn,
  refusedAddress,
  soundRestrictions,
} from "../../support/binance-stand-in.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { type Ended, Installation } from "./installation.ts";
import { WebhookStandIn } from "./webhook-stand-in.ts";

const keyPair = {
  apiKey: "vmPUZE6mv9SD5V0q7XbVNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91",
  apiSecret: "NhqPtmdSJYdKjV7Zp3wHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5f",
};
const topic = "Qx7-canary-topic-9fK2mLw8Zt4";
const restrictionsPath = "/sapi/v1/account/apiRestrictions";
const timePath = "/api/v3/time";

let binance: BinanceStandIn;
let impostor: BinanceStandIn;
let webhook: WebhookStandIn;
let server: Installation;
const said: string[] = [];

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
  server.setWebhook(`https://ntfy.sh/${topic}`);
});

// Whatever was tried: nothing that was printed or written tells anything of a secret.
afterAll(() => {
  binance.stop();
  impostor.stop();
  webhook.stop();
  server.remove();
  const everything = said.join("\n");
  expect(everything).not.toBe("");
  for (const secret of [keyPair.apiKey, keyPair.apiSecret, topic]) {
    expect(leaks(everything, secret)).toBe(false);
  }
});

async function run(...words: string[]): Promise<Ended> {
  const ended = await server.run(...words);
  said.push(ended.said, server.remembered);
  for (const { query } of [...binance.asked, ...impostor.asked]) {
    const signature = new URLSearchParams(query).get("signature");
    if (signature !== null) {
      expect(leaks(ended.said + server.remembered, signature, 12)).toBe(false);
    }
  }
  return ended;
}

function answer(changes: Record<string, unknown>): void {
  binance.reset({ [restrictionsPath]: { body: { ...soundRestrictions, ...changes } } });
}

function answerWith(restrictions: Answer): void {
  binance.reset({ [restrictionsPath]: restrictions });
}

describe("a check", () => {
  test("lets a sound key pass, with a line a finding and two questions of weight 1", async () => {
    const { code, said } = await run("check");
    expect(code).toBe(0);
    expect(said.trimEnd().split("\n")).toEqual([
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
  ])("fails a key that %s, and says so where it was asked to", async (_, changes, words) => {
    answer(changes);
    const { code, said } = await run("check");
    expect(code).toBe(3);
    expect(said).toContain(words);
    expect(webhook.taken).toHaveLength(1);
    expect(webhook.taken[0]?.body).toMatch(
      /^trading-bot-prod \(203\.0\.113\.10\): the guard has stopped the bot because of its Binance key\.\n/,
    );
  });

  test.each<[string, Answer, string]>([
    ["refuses the key", refusedAddress, "add 203.0.113.10"],
    ["doesn't know the key", { status: 400, body: { code: -2008, msg: "" } }, "Then run `pulumi up`."],
    ["refuses the signature", { status: 400, body: { code: -1022, msg: "" } }, "Then run `pulumi up`."],
    ["is stopped by its firewall", { status: 403, body: "<html>" }, "The guard checks again by itself."],
    ["doesn't serve the country", { status: 451, body: { code: 0, msg: "" } }, "EU location"],
    ["is being maintained", { status: 503, body: "" }, "The guard checks again by itself."],
    ["answers with something else", { body: "<html>" }, "The guard checks again by itself."],
    ["answers with a list", { body: [] }, "The guard checks again by itself."],
    ["says nothing of withdrawals", { body: { ipRestrict: true } }, "nothing clear about enableWithdrawals"],
    ["cuts the connection", { instead: "cut" }, "The guard checks again by itself."],
  ])("knows nothing where Binance %s, and says what to do", async (_, restrictions, words) => {
    answerWith(restrictions);
    const { code, said } = await run("check");
    expect(code).toBe(2);
    expect(said).toMatch(/^<4>/);
    expect(said).toContain(words);
    expect(said).not.toMatch(/<3>|run this again|\bssh has/i);
  });

  test("knows nothing where Binance can't be reached", async () => {
    server.ports["api.binance.com"] = 9;
    const { code, said } = await run("check");
    expect(code).toBe(2);
    expect(said).toContain("no connection (ECONNREFUSED)");
    expect(webhook.taken).toEqual([]);
  });

  test("shows the key to nobody but Binance", async () => {
    server.ports["api.binance.com"] = impostor.port;
    const { code, said } = await run("check");
    expect(code).toBe(2);
    expect(said).toContain("The key was not sent.");
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
  ])("%s, the next check asks nothing: %j", async (_, restrictions, silent) => {
    answerWith(restrictions);
    expect((await run("check")).code).toBe(2);
    binance.reset();
    const { code, said } = await run("check");
    expect(binance.asked.length).toBe(silent ? 0 : 2);
    expect(code).toBe(silent ? 2 : 0);
    if (silent) {
      expect(said).toMatch(/^<4>No check until 20\d\d-.* UTC: Binance asked for a pause\.\n$/);
    }
  });

  test("it asks again when the time is over, and forgets it", async () => {
    server.write("state/memory.json", JSON.stringify({ silentUntil: Date.now() - 1 }));
    expect((await run("check")).code).toBe(0);
    expect(server.remembered).not.toContain("silentUntil");
  });

  test("a time that only a wrong clock can have written, or a broken memory, holds nothing up", async () => {
    server.write("state/memory.json", JSON.stringify({ silentUntil: Date.now() + 1e12 }));
    expect((await run("check")).code).toBe(0);
    server.write("state/memory.json", '{"silentUntil":"');
    expect((await run("check")).code).toBe(0);
  });
});

describe("somebody is told", () => {
  const bodies = (): string[] => webhook.taken.map(({ body }) => body);

  test("of a change, once: it fails, fails for more, and passes again", async () => {
    await run("check");
    answer({ enableFutures: true });
    await run("check");
    await run("check");
    expect(bodies()).toHaveLength(1);
    answer({ enableFutures: true, enableWithdrawals: true });
    await run("check");
    await run("check");
    expect(bodies()).toHaveLength(2);
    answer({});
    await run("check");
    await run("check");
    expect(bodies()).toHaveLength(3);
    expect(bodies()[1]).toContain("Delete the key at Binance at once");
    expect(bodies()[2]).toContain("passes the check again");
  });

  test("of a key that is newly refused, and of one that works again; not of what isn't known", async () => {
    await run("check");
    answerWith(refusedAddress);
    await run("check");
    await run("check");
    expect(bodies()).toEqual([
      expect.stringContaining("Binance refuses the bot's key. HTTP 401, code -2015"),
    ]);
    answerWith({ status: 503, body: "" });
    await run("check");
    answerWith(refusedAddress);
    await run("check");
    expect(bodies()).toHaveLength(1);
    answer({});
    await run("check");
    expect(bodies()).toHaveLength(2);
  });

  test.each([
    [500, "HTTP 500"],
    [302, "a redirect, which isn't followed"],
  ])("by the next check where the service has answered %i, and the verdict stays", async (status, words) => {
    answer({ ipRestrict: false });
    webhook.status = status;
    const { code, said } = await run("check");
    expect(code).toBe(3);
    expect(said).toContain(`<4>The webhook at ntfy.sh did not accept the message: ${words}.`);
    webhook.status = 204;
    await run("check");
    await run("check");
    expect(bodies()).toHaveLength(2);
  });

  test("over TLS that is checked", async () => {
    answer({ ipRestrict: false });
    server.ports["ntfy.sh"] = impostor.port;
    const { code, said } = await run("check");
    expect(code).toBe(3);
    expect(said).toMatch(/<4>The webhook at ntfy\.sh did not accept the message: \w*CERT\w*\./);
  });

  test("when a webhook is set later", async () => {
    server.setWebhook(undefined);
    answer({ ipRestrict: false });
    expect((await run("check")).code).toBe(3);
    server.setWebhook(`https://ntfy.sh/${topic}`);
    await run("check");
    expect(bodies()).toHaveLength(1);
  });

  test.each([`http://ntfy.sh/${topic}`, `ntfy.sh/${topic}`])(
    "never at an address without TLS, which changes no verdict",
    async (address) => {
      server.setWebhook(address);
      answer({ ipRestrict: false });
      const { code, said } = await run("check");
      expect(code).toBe(3);
      expect(said).toContain("must start with https://");
    },
  );
});

describe("report", () => {
  test("takes any words to the webhook, with the server's name", async () => {
    expect((await run("report", "The bot has", "failed.")).code).toBe(0);
    expect(webhook.taken).toEqual([
      {
        path: `/${topic}`,
        contentType: "text/plain; charset=utf-8",
        body: "trading-bot-prod (203.0.113.10): The bot has failed.",
      },
    ]);
  });

  test("tells the journal where no webhook is set, and where it fails", async () => {
    server.setWebhook(undefined);
    expect(await run("report", "Words.")).toEqual({ code: 0, said: "<3>Words.\n" });
    server.setWebhook(`https://ntfy.sh/${topic}`);
    webhook.status = 500;
    const { code, said } = await run("report", "Words.");
    expect(code).toBe(2);
    expect(said).toContain("HTTP 500");
  });
});

describe("what can't be used stops no bot", () => {
  test.each([
    ["no key", "credentials/binance", "", "doesn't contain a key pair"],
    ["half a key", "credentials/binance", `{"apiKey":"${keyPair.apiKey}"`, "doesn't contain a key pair"],
    ["no settings", "configuration/guard.json", "{}", "guard.json"],
  ])("%s", async (_, name, content, words) => {
    const other = new Installation([], server.ports);
    try {
      other.setKeyPair(keyPair);
      other.write(name, content);
      const ended = await other.run("check");
      expect(ended.code).toBe(2);
      expect(ended.said).toContain(words);
      expect(leaks(ended.said, keyPair.apiKey)).toBe(false);
    } finally {
      other.remove();
    }
  });

  test("a secret that can't sign", async () => {
    server.setKeyPair({
      ...keyPair,
      apiSecret: "-----BEGIN PRIVATE KEY-----\nbad\n-----END PRIVATE KEY-----",
    });
    const { code, said } = await run("check");
    expect(code).toBe(2);
    expect(said).toContain("can't sign");
  });

  test("a wrong command", async () => {
    expect((await run("check", "now")).code).toBe(2);
    expect((await run()).code).toBe(2);
    expect(await run("--help")).toMatchObject({ code: 0, said: expect.stringContaining("Usage: guard.mjs") });
  });
});
