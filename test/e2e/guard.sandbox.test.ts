import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { fingerprint, type KeyPair } from "../../binance/key-pair.ts";
import { rebootMachine } from "../../sandbox/machines/inspect.ts";
import { until } from "../../sandbox/until.ts";
import { allTogether, testFloods } from "./attack-tests.ts";
import { binance, spot } from "./binance.ts";
import { type BotOnServer, reported, runTampered, stackWithBot, webhook, webhookPath } from "./bot.ts";
import { filesWith } from "./canary.ts";
import { testCommands } from "./command-tests.ts";
import type { Server } from "./server.ts";
import type { Stack } from "./stack.ts";
import { statusOf } from "./status.ts";

// What the guard does, and what it reports, in order. Only the test starts checks.

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let address: string;
let live: KeyPair;

beforeAll(async () => {
  stack = await stackWithBot("guard");
  ({ server, bot, address, live } = await runTampered(stack));
  await bot.withoutTimers();
});

beforeEach(async () => {
  await binance.clearFaults();
});

afterAll(async () => {
  await stack.remove();
});

describe("the guard", () => {
  test.each<[string, Parameters<typeof binance.editKey>[1], string]>([
    ["withdrawals on", { permissions: [...spot, "withdrawals"] }, "enableWithdrawals"],
    ["the whitelist off", { whitelist: [] }, "ipRestrict"],
    ["one permission too many", { permissions: [...spot, "futures"] }, "enableFutures"],
    [
      "an unknown permission whose name speaks of moving money",
      { permissions: [...spot, "permitsTeleportTransfer"] },
      "permitsTeleportTransfer",
    ],
  ])(
    "%s: stops the bot, reports why, and lets it start again only when a check passes",
    async (_, edit, word) => {
      await bot.becomes("active");
      await webhook.clear();
      await binance.editKey(live.apiKey, edit);
      expect((await bot.check()).code).not.toBe(0);
      expect(await bot.activity()).toBe("inactive");
      expect(await server.run("journalctl -t trading-bot-guard -o cat -n 6")).toContain(word);
      const message = await reported(word);
      expect(message).toMatchObject({ path: webhookPath, source: address });
      expect(message.body).toContain("trading-bot-guard");
      await server.run("systemctl start trading-bot || true");
      expect(await bot.activity()).toBe("inactive");

      await binance.editKey(live.apiKey, { permissions: spot, whitelist: [address] });
      expect((await bot.check()).code).toBe(0);
      await bot.becomes("active");
    },
  );

  testCommands(() => ({ stack, server, bot, live }));

  test("reports what is new at Binance, and stops nothing: once, and once when it is over", async () => {
    await bot.becomes("active");
    await webhook.clear();
    const before = await bot.property("InvocationID");
    await binance.editKey(live.apiKey, { permissions: [...spot, "permitsTeleport"] });
    expect((await bot.check()).code).toBe(0);
    expect((await reported("permitsTeleport")).body).toContain(
      "pulumi config set acceptedPermissions permitsTeleport",
    );
    await bot.check();
    expect(await webhook.messages()).toHaveLength(1);
    await binance.editKey(live.apiKey, { permissions: spot });
    await bot.check();
    await reported("this is no longer so");
    expect([await bot.activity(), await bot.property("InvocationID")]).toEqual(["active", before]);
  });

  test("reports an account that may not trade, which it reads from the server, and stops nothing", async () => {
    await webhook.clear();
    const before = await bot.property("InvocationID");
    const closed = { kind: "garbage", status: 200, body: '{"canTrade":false,"balances":[]}' } as const;
    await binance.inject({ times: 1, path: "^/api/v3/account", effect: closed });
    expect((await bot.check()).code).toBe(0);
    await reported("canTrade is false");
    await bot.check();
    await reported("this is no longer so");
    expect([await bot.activity(), await bot.property("InvocationID")]).toEqual(["active", before]);
  });

  test("holds a bot, also after a reboot, and reports which orders the bot has left open", async () => {
    await webhook.clear();
    await bot.placesOrder();
    await binance.editKey(live.apiKey, { permissions: [...spot, "withdrawals"] });
    await bot.check();
    expect((await reported("enableWithdrawals")).body).toMatch(
      /\n- BTCUSDC: BUY 0\.001 at \d+, LIMIT, order \d+$/,
    );
    await rebootMachine(server.id);
    await bot.withoutTimers();
    expect(await bot.activity()).toBe("inactive");
    // The timers are off.
    expect(await statusOf(stack)).toMatchObject({
      code: 1,
      bot: "inactive",
      notices: [
        {
          kind: "problem",
          text: expect.stringContaining("The guard holds the bot"),
          command: "npm run verify",
        },
        { kind: "problem", text: expect.stringContaining("The guard is off"), command: "pulumi up" },
      ],
    });
    await binance.editKey(live.apiKey, { permissions: spot });
    await bot.check();
    await bot.becomes("active");
  });

  test.each<[string, string, () => Promise<void>]>([
    ["can't be reached", "4", () => binance.inject({ times: 50, path: "^/sapi", effect: { kind: "reset" } })],
    [
      "answers nonsense",
      "2",
      () =>
        binance.inject({
          times: 50,
          path: "^/sapi",
          effect: { kind: "garbage", status: 200, body: "<html>" },
        }),
    ],
  ])("stops nothing while the exchange %s", async (_, code, disturb) => {
    const before = await bot.property("InvocationID");
    await disturb();
    await bot.check();
    expect(await server.run("systemctl show -P ExecMainStatus trading-bot-guard")).toBe(code);
    expect([await bot.activity(), await bot.property("InvocationID")]).toEqual(["active", before]);
  });

  test("checks again because of its timer", async () => {
    // The timer's own time is up to six minutes away; any other time tests the same.
    await server.run(`
      mkdir -p /run/systemd/system/trading-bot-guard.timer.d
      printf '[Timer]\\nOnCalendar=\\nOnCalendar=*:*:0/2\\nRandomizedDelaySec=0\\n' >/run/systemd/system/trading-bot-guard.timer.d/soon.conf
      systemctl daemon-reload`);
    await binance.clearRequests();
    await server.run("systemctl start trading-bot-guard.timer");
    await until(async () =>
      (await binance.requests()).some(
        ({ path, status }) => path.startsWith("/sapi/v1/account/apiRestrictions") && status === 200,
      ),
    );
    await server.run("rm -r /run/systemd/system/trading-bot-guard.timer.d; systemctl daemon-reload");
    await bot.withoutTimers();
  });
});

describe("a guard that doesn't know", () => {
  /** The guard gets no answer about the key. The bot can trade. */
  const isDown = () => binance.inject({ times: 10_000, path: "^/sapi", effect: { kind: "reset" } });
  /** Changes the guard's memory, as if time had passed. */
  const age = (changes: object) =>
    server.run(
      "cat > /tmp/changes && f=/var/lib/trading-bot-guard/memory.json && node -e " +
        `'const fs = require("fs"); const read = (path) => JSON.parse(fs.readFileSync(path)); ` +
        `fs.writeFileSync("'$f'", JSON.stringify({ ...read("'$f'"), ...read("/tmp/changes") }))'`,
      JSON.stringify(changes),
    );
  /** Whether the bot reaches the exchange. */
  const connects = `
import socket
try:
    socket.create_connection(("api.binance.com", 443), timeout=5)
    print("connected")
except OSError as error:
    print(type(error).__name__)`;
  /** Two connections of the bot that are open, and each of which can be used once. */
  const opensTwo = `
import http.client, sys
sys.kept = [http.client.HTTPSConnection("api.binance.com", timeout=5) for _ in range(2)]
for connection in sys.kept:
    connection.connect()`;
  const usesOne = `
import sys
try:
    connection = sys.kept.pop()
    connection.request("GET", "/api/v3/time")
    print(connection.getresponse().status)
except OSError as error:
    print(type(error).__name__)`;
  const watch = () => server.run("systemctl start trading-bot-watch");
  const hourAgo = () => Date.now() - 3_600_000;
  const messages = async (text: string) =>
    (await webhook.messages()).filter(({ body }) => body.includes(text)).length;

  beforeAll(async () => {
    await bot.becomes("active");
  });

  beforeEach(async () => {
    await bot.check();
    await bot.becomes("active");
    await webhook.clear();
  });

  test("reports once that it has been blind for too long, and once that it is over", async () => {
    await watch();
    expect(await webhook.messages()).toEqual([]);
    await isDown();
    await bot.check();
    await age({ verdictAt: hourAgo() });
    await watch();
    await watch();
    expect((await reported("has not been able to check the Binance key for 60 minutes")).body).toContain(
      "Reason: ",
    );
    expect(await messages("has not been able to check")).toBe(1);
    await server.run("systemctl start trading-bot-guard.timer");
    expect(await statusOf(stack)).toMatchObject({
      code: 1,
      bot: "active",
      notices: [
        {
          kind: "problem",
          text: expect.stringContaining("has not known for 60 minutes what the key may do"),
        },
      ],
    });
    await server.run("systemctl stop trading-bot-guard.timer");
    expect(await bot.activity()).toBe("active");
    await binance.clearFaults();
    await bot.check();
    await watch();
    await watch();
    await reported("the guard can check the Binance key again");
    expect(await webhook.messages()).toHaveLength(2);
  });

  test("is reported by another program if it can't run at all", async () => {
    await server.run("mv /usr/bin/node /usr/bin/node.away");
    expect((await bot.check()).code).not.toBe(0);
    await server.run("mv /usr/bin/node.away /usr/bin/node");
    await age({ verdictAt: hourAgo(), lastCheck: { at: hourAgo() } });
    await server.run("mv /usr/bin/node /usr/bin/node.away");
    await watch();
    await server.run("mv /usr/bin/node.away /usr/bin/node");
    await reported("The guard itself doesn't run");
    expect(await bot.activity()).toBe("active");
    await bot.check();
    await watch();
  });

  test("closes the bot's way out if the check is refused for too many requests, until a check gets an answer", async () => {
    const refused = {
      kind: "garbage",
      status: 429,
      body: '{"code":-1003,"msg":"Too many requests."}',
    } as const;
    expect(await bot.execute(opensTwo + usesOne)).toBe("200");
    await binance.inject({ times: 1, path: "^/sapi", effect: refused });
    await bot.check();
    expect(await server.run("systemctl show -P ExecMainStatus trading-bot-guard")).toBe("5");
    // The kernel opens it at the end, whatever happens.
    expect(await server.run("nft list table inet trading_bot_closed")).toMatch(/timeout 6m expires/);
    await reported("this server has sent too many requests");
    expect(await bot.execute(connects)).not.toContain("connected");
    expect(await bot.execute(usesOne)).toMatch(/Error|timeout|Disconnected/);
    // As if the pause were nearly over: the next check begins by itself.
    await age({ silentUntil: Date.now() + 2000 });
    await bot.check();
    await until(async () => !(await server.run("nft list tables")).includes("trading_bot_closed"));
    // The guard has sent its own test order by now. Not the first one: an order that was under way may arrive too late.
    await binance.clearRequests();
    await until(async () =>
      (await binance.requests()).some(
        ({ path, status }) => path.startsWith("/api/v3/order/test") && status === 200,
      ),
    );
    // The bot has ended the order that was under way, and was restarted if that had become too old.
    expect(await bot.execute(connects)).toContain("connected");
    await reported("passes the check again");
  });

  test("lets no bot start without a pass in the last 24 hours, reports that, and starts it at the next one", async () => {
    await isDown();
    await server.run("touch --date='25 hours ago' /var/lib/trading-bot-server/passed");
    const before = await bot.property("InvocationID");
    expect(await stack.script("restart", [])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("it was not restarted, because it could not be started again"),
    });
    expect([await bot.activity(), await bot.property("InvocationID")]).toEqual(["active", before]);
    await server.run("systemctl restart trading-bot || true");
    expect((await reported("positions and orders may be unattended")).body).toContain("--without-check");
    expect([await bot.activity(), await server.run("bot-control reason-not-to-start")]).toEqual([
      "inactive",
      expect.stringContaining("no check of its key has passed in the last 24 hours"),
    ]);
    expect(await stack.script("start", [])).toMatchObject({ code: 1 });
    expect(await stack.script("start", ["--without-check"])).toMatchObject({ code: 0 });
    expect(await bot.activity()).toBe("active");
    await server.run("systemctl restart trading-bot || true");
    expect(await bot.activity()).toBe("inactive");
    await until(async () => (await messages("positions and orders may be unattended")) === 2);
    await binance.clearFaults();
    await bot.check();
    await bot.becomes("active");
  });
});

test("a bot whose key fails, and that doesn't want to end, is stopped before a webhook is called that hangs", async () => {
  await webhook.clear();
  await bot.execute("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)");
  await webhook.inject({ times: 1, effect: { kind: "hang" } });
  await binance.editKey(live.apiKey, { permissions: [...spot, "withdrawals"] });
  await bot.check();
  expect([await bot.activity(), await webhook.messages()]).toEqual(["inactive", []]);
  expect(await server.run("cat /var/lib/trading-bot-server/held")).toBe("yes");
  // It begins when the open orders were read. A check before its end would send nothing.
  await until(async () => {
    const job = await server.run("systemctl show -P Job trading-bot-report");
    return /^0?$/.test(job) && (await bot.activity("trading-bot-report")) === "inactive";
  });
  await bot.check();
  await reported("the guard has stopped the bot");
  await binance.editKey(live.apiKey, { permissions: spot });
  await bot.check();
  await bot.becomes("active");
});

test("`npm run stop -- --now` stops a bot that doesn't want to end, and leaves nothing closed", async () => {
  await bot.execute("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)");
  expect(await stack.script("stop", ["--now"])).toMatchObject({ code: 0, stderr: "" });
  expect([await bot.activity(), await server.run("nft list tables")]).toEqual([
    "inactive",
    expect.not.stringContaining("trading_bot_stopping"),
  ]);
  await server.run("systemctl start trading-bot-guard.timer");
  expect(await statusOf(stack)).toMatchObject({
    code: 0,
    notices: [{ kind: "note", text: expect.stringContaining("stopped by hand"), command: "npm run start" }],
  });
  expect(await stack.script("start", [])).toMatchObject({ code: 0 });
  expect(await statusOf(stack)).toEqual({ code: 0, bot: "active", key: fingerprint(live), notices: [] });
  await server.run("systemctl stop trading-bot-guard.timer");
});

describe("the heartbeat", () => {
  const path = "/ping-that-only-its-owner-knows";
  const beats = async () => (await webhook.messages()).filter((message) => message.path === path).length;
  const isIdle = () => until(async () => (await bot.activity("trading-bot-heartbeat")) === "inactive");

  beforeAll(async () => {
    await stack.setSecret("heartbeat", `https://hooks.example.net${path}`);
    await stack.mustUp();
    await bot.withoutTimers();
    await bot.becomes("active");
  });

  beforeEach(async () => {
    await isIdle();
    await webhook.clear();
  });

  test("is called after a check that passes, once", async () => {
    await bot.check();
    await until(async () => (await beats()) === 1);
  });

  test("is not called after a check that doesn't pass, or if the bot is off and nobody stopped it", async () => {
    await binance.inject({ times: 50, path: "^/sapi", effect: { kind: "reset" } });
    await bot.check();
    await binance.clearFaults();
    await server.run("systemctl stop trading-bot");
    await bot.check();
    expect(await server.run("journalctl -t trading-bot-guard -o cat -n 1")).toContain(
      "The heartbeat isn't called: the bot doesn't run",
    );
    expect(await beats()).toBe(0);
    await server.run("bot-control stop");
    await bot.check();
    await until(async () => (await beats()) === 1);
    await isIdle();
    await server.run("bot-control start");
  });

  test("leaves its address nowhere in the clear", async () => {
    expect(await server.run("journalctl")).not.toContain(path);
    expect(await filesWith([path], [server.written])).toEqual([]);
    expect(stack.transcript).not.toContain(path);
    await stack.unset("heartbeat");
    await stack.mustUp();
    expect(await server.run("ls /etc/credstore.encrypted")).not.toContain("heartbeat");
  });
});

// Each of them alone: npm run test:attacks.
testFloods(() => ({ stack, server, bot, address, live }), [allTogether], { requiresLimits: false });
