import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { Draws } from "./draws.ts";
import { hetzner } from "./hetzner.ts";
import { type EndedRun, type Point, runUntil } from "./killed-run.ts";
import { type Kept, ReplacedStack } from "./replacement.ts";

// A server is rebuilt: without a fault, while its bot is stopped, and by runs that are killed at drawn points. Every test starts
// where the previous one ended. FAULTS_SEED draws other points.

const seed = Number(process.env.FAULTS_SEED ?? "20261127");
const draws = new Draws(seed);
const table: string[] = [];

let rebuilt: ReplacedStack;
/** What a run without a fault does. */
let whole: EndedRun;

beforeAll(async () => {
  rebuilt = await ReplacedStack.ready("rebuilt");
});

afterAll(async () => {
  process.stdout.write(`Killed runs of npm run rebuild, seed ${seed}:\n${table.join("\n")}\n`);
  await rebuilt.remove();
});

const firewallList = z.object({ firewalls: z.array(z.looseObject({ id: z.int() })) });

/** The bot is complete on the same server, and Hetzner has nothing more than before. */
async function expectWhole(before: Kept): Promise<void> {
  await rebuilt.expectTheSameBotRebuilt(before);
  expect(await hetzner.primaryIps()).toHaveLength(1);
  const headers = { authorization: `Bearer ${process.env.HCLOUD_TOKEN ?? ""}` };
  const reply = await fetch("https://api.hetzner.cloud/v1/firewalls", { headers });
  expect(firewallList.parse(await reply.json()).firewalls).toHaveLength(1);
}

/** Goes on after a run that was killed, in the documented way. */
async function finish(): Promise<void> {
  const { stack } = rebuilt;
  await stack.pulumi(["cancel", "--yes", "--stack", stack.name]);
  const run = await stack.script("rebuild", ["--yes"]);
  expect(run).toEqual({ code: 0, stdout: expect.any(String), stderr: expect.any(String) });
}

const isRebuild = (request: string): boolean =>
  request.startsWith("POST") && request.endsWith("/actions/rebuild");

test("a rebuild keeps the server, its address and price, and the bot, on a fresh disk", async () => {
  const { stack, server } = rebuilt;
  await server.run("touch /root/of-the-old-disk");
  const before = await rebuilt.now();
  const [startsBefore, cost] = [await rebuilt.starts(), await stack.output("monthlyCost")];
  whole = await runUntil(stack, ["rebuild", "--yes"], () => false);
  expect(whole).toMatchObject({
    code: 0,
    output: expect.stringContaining(
      "This installs debian-13 from scratch on the server trading-bot-rebuilt.",
    ),
  });
  await expectWhole(before);
  expect(await server.run("ls /root")).not.toContain("of-the-old-disk");
  expect(await rebuilt.bot.activity()).toBe("active");
  expect(await rebuilt.starts()).toBe(startsBefore + 1);
  expect(await stack.output("monthlyCost")).toBe(cost);
  // What `pulumi up` would do next: nothing.
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  // 2: nobody has confirmed what Binance's API doesn't report.
  expect(await stack.script("verify", [])).toMatchObject({ code: 2 });
});

test("killed while Hetzner rebuilds: the next run doesn't request it again, and a bot that was stopped stays stopped", async () => {
  const { stack } = rebuilt;
  expect(await stack.script("stop", [])).toMatchObject({ code: 0 });
  const before = await rebuilt.now();
  await hetzner.setActionDuration(5_000);
  const killed = await runUntil(stack, ["rebuild", "--yes"], ({ requests }) => requests.some(isRebuild));
  expect(killed.code).toBeNull();
  await hetzner.setActionDuration(300);
  await finish();
  const requests = await hetzner.requests();
  expect(requests.filter(({ method, path }) => isRebuild(`${method} ${path}`))).toHaveLength(1);
  await expectWhole(before);
  expect(await rebuilt.bot.activity()).toBe("inactive");
  expect(await rebuilt.diary()).toBe(before.diary);
  expect(await stack.script("start", [])).toMatchObject({ code: 0 });
});

describe(`killed at a point that the seed ${seed} has drawn`, () => {
  const kinds: Point["kind"][] = ["requests", "lines", "requests", "lines", "lines"];

  test.each(kinds.map((kind, index) => ({ kind, nth: index + 1 })))(
    "among its $kind (draw $nth), it is finished by the next run",
    async ({ kind }) => {
      const before = await rebuilt.now();
      const number = draws.upTo(whole[kind].length);
      const killed = await runUntil(
        rebuilt.stack,
        ["rebuild", "--yes"],
        (progress) => progress[kind].length >= number,
      );
      const last = killed[kind][number - 1] ?? "(it had ended before)";
      table.push(
        `| ${kind} | ${number} of ${whole[kind].length} | ${last} | exit code ${killed.code ?? "none"} |`,
      );
      await finish();
      await expectWhole(before);
      expect(await rebuilt.bot.activity()).toBe("active");
    },
  );
});
