import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { leaks } from "../../arbitraries.ts";
import { refusedAddress } from "../../support/binance-stand-in.ts";
import { GuardWithStandIns, topic } from "./guard-with-stand-ins.ts";

let guard: GuardWithStandIns;

beforeAll(async () => {
  guard = await GuardWithStandIns.start();
});

beforeEach(() => {
  guard.reset();
});

afterAll(() => {
  guard.stop();
});

describe("the webhook gets a message", () => {
  const bodies = (): string[] => guard.webhook.taken.map(({ body }) => body);

  test("for a change, once: the key fails, fails for another reason, and passes again", async () => {
    await guard.checkAndSend();
    guard.answer({ enableFutures: true });
    await guard.checkAndSend();
    await guard.checkAndSend();
    expect(bodies()).toHaveLength(1);
    guard.answer({ enableFutures: true, enableWithdrawals: true });
    await guard.checkAndSend();
    await guard.checkAndSend();
    expect(bodies()).toHaveLength(2);
    guard.answer({});
    await guard.checkAndSend();
    await guard.checkAndSend();
    expect(bodies()).toHaveLength(3);
    expect(bodies()[1]).toContain("Delete the key at Binance at once");
    expect(bodies()[2]).toContain("passes the check again");
  });

  test("for a key that is refused, and for one that works again; not for an unknown result", async () => {
    await guard.checkAndSend();
    guard.answerWith(refusedAddress);
    await guard.checkAndSend();
    await guard.checkAndSend();
    expect(bodies()).toEqual([
      expect.stringContaining("Binance refuses the bot's key. HTTP 401, code -2015"),
    ]);
    guard.answerWith({ status: 503, body: "" });
    await guard.checkAndSend();
    guard.answerWith(refusedAddress);
    await guard.checkAndSend();
    expect(bodies()).toHaveLength(1);
    guard.answer({});
    await guard.checkAndSend();
    expect(bodies()).toHaveLength(2);
  });

  test.each([
    [500, "HTTP 500"],
    [302, "a redirect, which isn't followed"],
  ])("by the next check if the service answered %i, and the verdict stays", async (status, expected) => {
    guard.answer({ ipRestrict: false });
    guard.webhook.status = status;
    const { code, output } = await guard.checkAndSend();
    expect(code).toBe(3);
    expect(output).toContain(`<4>The webhook at ntfy.sh did not accept the message: ${expected}.`);
    guard.webhook.status = 204;
    await guard.checkAndSend();
    await guard.checkAndSend();
    expect(bodies()).toHaveLength(2);
  });

  test("for a check that is refused because of too many requests, once", async () => {
    guard.answerWith({ status: 429, body: { code: -1003, msg: "" } });
    await guard.checkAndSend();
    await guard.checkAndSend();
    expect(bodies()).toEqual([expect.stringContaining("this server has sent too many requests. HTTP 429")]);
  });

  test("by the next check also if that sends nothing to Binance", async () => {
    guard.webhook.status = 500;
    guard.answerWith({ status: 429, body: { code: -1003, msg: "" } });
    await guard.checkAndSend();
    guard.webhook.status = 200;
    await guard.checkAndSend();
    await guard.checkAndSend();
    expect(bodies()).toHaveLength(2);
  });

  test("not any more, if it was not accepted and the situation has changed since", async () => {
    guard.webhook.status = 500;
    guard.answer({ ipRestrict: false });
    await guard.checkAndSend();
    guard.webhook.status = 200;
    guard.answer({});
    await guard.checkAndSend();
    expect(bodies()).toHaveLength(1);
  });

  test("only over TLS with a trusted certificate", async () => {
    guard.answer({ ipRestrict: false });
    guard.server.ports["ntfy.sh"] = guard.impostor.port;
    const { code, output } = await guard.checkAndSend();
    expect(code).toBe(3);
    expect(output).toMatch(/<4>The webhook at ntfy\.sh did not accept the message: \w*CERT\w*\./);
  });

  test("if it is set later", async () => {
    guard.server.setAddress("webhook", undefined);
    guard.answer({ ipRestrict: false });
    expect((await guard.checkAndSend()).code).toBe(3);
    guard.server.setAddress("webhook", `https://ntfy.sh/${topic}`);
    await guard.checkAndSend();
    expect(bodies()).toHaveLength(1);
  });

  test.each([`http://ntfy.sh/${topic}`, `ntfy.sh/${topic}`])(
    "never at an address without TLS, and the verdict stays",
    async (address) => {
      guard.server.setAddress("webhook", address);
      guard.answer({ ipRestrict: false });
      const { code, output } = await guard.checkAndSend();
      expect(code).toBe(3);
      expect(output).toContain("must start with https://");
    },
  );
});

describe("the heartbeat", () => {
  const secret = "ping-4kD0-canary-9fK2mLw8Zt4";

  beforeEach(() => {
    guard.server.setAddress("heartbeat", `https://ntfy.sh/${secret}`);
  });

  test("is called once if the service accepts it", async () => {
    expect(await guard.run("heartbeat")).toEqual({ code: 0, output: "" });
    expect(guard.webhook.taken.map(({ path, body }) => [path, body])).toEqual([[`/${secret}`, ""]]);
  });

  test("is called three times at most, and no message shows more than its host", async () => {
    guard.webhook.status = 503;
    const { code, output } = await guard.run("heartbeat");
    expect(code).toBe(2);
    expect(output).toBe("<4>The heartbeat at ntfy.sh was not accepted in 3 tries: HTTP 503.\n");
    expect(guard.webhook.taken).toHaveLength(3);
  });

  test("isn't called if none is set, and never without TLS", async () => {
    guard.server.setAddress("heartbeat", undefined);
    expect((await guard.run("heartbeat")).code).toBe(0);
    guard.server.setAddress("heartbeat", `http://ntfy.sh/${secret}`);
    const { code, output } = await guard.run("heartbeat");
    expect(code).toBe(2);
    expect(output).toContain("must start with https://");
    expect(leaks(output, secret)).toBe(false);
    expect(guard.webhook.taken).toEqual([]);
  });
});

describe("report", () => {
  test("sends a message to the webhook, with the server's name", async () => {
    expect((await guard.run("report", "The bot has", "failed.")).code).toBe(0);
    expect(guard.webhook.taken).toEqual([
      {
        path: `/${topic}`,
        contentType: "text/plain; charset=utf-8",
        body: "trading-bot-prod (203.0.113.10): The bot has failed.",
      },
    ]);
  });

  test("writes to the journal, also if no webhook is set or the message isn't accepted", async () => {
    guard.server.setAddress("webhook", undefined);
    expect(await guard.run("report", "A message.")).toEqual({ code: 0, output: "<3>A message.\n" });
    guard.server.setAddress("webhook", `https://ntfy.sh/${topic}`);
    guard.webhook.status = 500;
    const { code, output } = await guard.run("report", "A message.");
    expect(code).toBe(2);
    expect(output).toContain("HTTP 500");
  });
});
