import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { rebootMachine } from "../../sandbox/machines/inspect.ts";
import { until } from "../../sandbox/until.ts";
import { createKey } from "./binance.ts";
import { BotOnServer, reported, stackWithBot, webhook } from "./bot.ts";
import { onlyServer } from "./hetzner.ts";
import { installUpdate } from "./security-update.ts";
import { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

// Debian publishes security updates of libraries that services and the bot have loaded. Every test starts where the
// previous one ended.

const services = [
  "ssh",
  "chrony",
  "systemd-journald",
  "systemd-journald@trading-bot",
  "trading-bot-names",
  "trading-bot-proxy",
  "trading-bot-guard-proxy",
];
const invocations = async () =>
  Object.fromEntries(
    await Promise.all(
      services.map(
        async (unit) => [unit, await server.run(`systemctl show -P InvocationID ${unit}`)] as const,
      ),
    ),
  );
const listed = () => server.run("restart-updated list");
const zlib = /^trading-bot\.service \(restarted ([^)]+)\): \S*libz\.so\S*$/;

let stack: Stack;
let server: Server;
let bot: BotOnServer;

beforeAll(async () => {
  stack = await stackWithBot("updates");
  await stack.set("rebootTime", "never");
  await stack.mustUp();
  server = new Server((await onlyServer()).id);
  bot = new BotOnServer(server);
  await stack.setKeyPair(await createKey("TradingBot-Updates-01", [await stack.output("ipToWhitelist")]));
  await stack.mustUp();
  const program = join(import.meta.dirname, "bots/diary");
  expect(await stack.script("install-bot", [program])).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await stack.remove();
});

test("nothing runs old code before an update", async () => {
  expect(await listed()).toBe("");
});

test("without a window, an update restarts the services that run old code, and not the bot", async () => {
  const before = { ssh: (await invocations()).ssh, bot: await bot.property("InvocationID") };
  await installUpdate(server, "zlib1g");
  expect((await invocations()).ssh).not.toBe(before.ssh);
  expect(await bot.property("InvocationID")).toBe(before.bot);
  expect(zlib.exec(await listed())?.[1]).toBe("by you: npm run restart");
  expect(await stack.script("ssh", ["true"])).toMatchObject({ code: 0 });
  expect(await server.run("systemctl is-system-running")).toBe("running");
});

test("without a window, the owner gets one report that the bot runs old code", async () => {
  await reported("still runs the old code");
  await server.run("systemctl start restart-updated");
  const log = await server.run("journalctl --output=cat --unit=trading-bot-outdated");
  expect(log.match(/^Starting /gm)).toHaveLength(1);
});

test("in the window, which a setting opens, the bot is restarted and that is reported", async () => {
  await stack.set("rebootTime", "04:15");
  await stack.mustUp();
  const next = await server.run("systemctl show -P NextElapseUSecRealtime update-window.timer");
  expect(next).toContain("04:15:00 UTC");
  expect(zlib.exec(await listed())?.[1]).toBe("at the time of rebootTime");
  const before = await bot.property("InvocationID");
  await server.run("systemctl start update-window");
  expect(await bot.property("InvocationID")).not.toBe(before);
  expect(await bot.activity()).toBe("active");
  await reported("is restarted now for a security update");
  expect(await listed()).toBe("");
});

test("a bot that runs the new code isn't restarted in its window", async () => {
  const before = await bot.property("InvocationID");
  await server.run("systemctl start update-window");
  expect(await bot.property("InvocationID")).toBe(before);
});

test("an update of the C library restarts every service, and the bot keeps running and reaches the exchange", async () => {
  const before = { services: await invocations(), bot: await bot.property("InvocationID") };
  await installUpdate(server, "libc6");
  const after = await invocations();
  expect(services.filter((unit) => after[unit] === before.services[unit])).toEqual([]);
  expect(await bot.property("InvocationID")).toBe(before.bot);
  const left = (await listed()).split("\n").filter((line) => !line.includes("(restarted when it ends)"));
  expect(left.filter((line) => !line.includes("(restarted at the time of rebootTime)"))).toEqual([]);
  expect(left.map((line) => line.split(" ")[0])).toEqual(
    expect.arrayContaining(["dbus.service", "trading-bot.service"]),
  );
  await server.run("systemctl start trading-bot-guard");
  expect(await server.run("systemctl is-system-running")).toBe("running");
});

test("in the window, the server reboots because dbus runs old code, and the bot starts again", async () => {
  await webhook.clear();
  await rebootMachine(server.id, ["systemctl", "start", "--no-block", "update-window"]);
  await reported("is restarted now for a security update");
  await bot.becomes("active");
  expect(await listed()).toBe("");
});

test("with `never`, the window is closed again", async () => {
  await stack.set("rebootTime", "never");
  await stack.mustUp();
  await until(async () => (await bot.activity("update-window.timer")) === "inactive");
});
