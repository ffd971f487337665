import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { letTimeServersAnswer, silenceTimeServers } from "../../sandbox/time/time-servers.ts";
import { type BotOnServer, reported, runTampered, stackWithBot } from "./bot.ts";
import type { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

// No time server answers. A command that starts the bot waits for a minute and a half, so this is not in `npm test`.

let stack: Stack;
let server: Server;
let bot: BotOnServer;

beforeAll(async () => {
  stack = await stackWithBot("clock");
  ({ server, bot } = await runTampered(stack));
});

afterAll(async () => {
  await letTimeServersAnswer();
  await stack.remove();
});

test("a bot that waits for the right time is said to wait, is reported, and starts by itself when the clock is right", async () => {
  await silenceTimeServers();
  await server.run("systemctl stop trading-bot trading-bot-clock && systemctl restart chrony");

  const { code, stdout, stderr } = await stack.script("restart", []);
  expect(code).toBe(1);
  expect(stdout + stderr).toContain("the server's clock isn't right yet");
  expect(await bot.activity()).toBe("inactive");

  expect(await bot.activity("trading-bot-clock-late.timer")).toBe("active");
  await server.run("systemctl start trading-bot-clock-late");
  expect((await reported("the server's clock isn't right")).body).toContain("chronyc sources");

  await letTimeServersAnswer();
  await server.run("systemctl restart chrony");
  await bot.becomes("active");
});

test("a bot that doesn't wait for the time is not reported", async () => {
  await server.run("systemctl start trading-bot-clock-late");
  expect(
    await server.run("systemctl show -P Result -P ExecMainStartTimestampMonotonic trading-bot-clock-late"),
  ).toContain("exec-condition");
});
