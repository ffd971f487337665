import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { hetzner, onlyServer } from "./hetzner.ts";
import { ReplacedStack } from "./replacement.ts";

// A server with a running bot is replaced, in order: every test starts where the previous one ended. Faults are in
// replace.campaign.test.ts.

let replaced: ReplacedStack;

beforeAll(async () => {
  replaced = await ReplacedStack.ready("replaced");
});

afterAll(async () => {
  await replaced.remove();
});

test("a server that can't be ordered now is refused before anything is changed", async () => {
  const { stack, bot } = replaced;
  const { serverType, location } = await onlyServer();
  await hetzner.setSoldOut([{ location, serverType }]);
  const before = await replaced.now();
  const invocation = await bot.property("InvocationID");
  const { code, stderr } = await stack.script("replace", ["--yes"]);
  await hetzner.setSoldOut([]);
  expect(code).toBe(2);
  expect(stderr).toContain(serverType);
  expect(stderr).toContain("pulumi config set serverType");
  expect(await replaced.now()).toEqual(before);
  expect(await bot.property("InvocationID")).toBe(invocation);
});

test("without a terminal and without --yes, nothing is changed", async () => {
  const before = await replaced.now();
  const { code, stdout, stderr } = await replaced.stack.script("replace", []);
  expect(code).toBe(2);
  expect(stdout).toContain("€");
  expect(stderr).toContain("--yes");
  expect(await replaced.now()).toEqual(before);
  expect(await replaced.bot.activity()).toBe("active");
});

test("a bot that runs is the same on the new server, runs there, and its key passes `npm run verify`", async () => {
  const { stack } = replaced;
  await replaced.server.run("ln -s /etc/passwd /var/lib/trading-bot/link");
  const before = await replaced.now();
  const startsBefore = await replaced.starts();
  const { code, stdout, stderr } = await stack.script("replace", ["--yes"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  await replaced.expectTheSameBot(before);
  expect(await replaced.bot.activity()).toBe("active");
  expect(await replaced.starts()).toBe(startsBefore + 1);
  expect(await replaced.server.run("readlink /var/lib/trading-bot/link")).toBe("/etc/passwd");
  expect(stdout).toContain("The bot is running.");
  expect(await stack.output("monthlyCost")).toContain("€ a month");
  expect(stdout).toMatch(/The saved state is still in saved-state\/replaced\/\d{14}-[0-9a-f]{12}\.tar\.gz/);
  // 2: nobody has confirmed what Binance's API doesn't report.
  expect(await stack.script("verify", [])).toMatchObject({ code: 2 });
});
