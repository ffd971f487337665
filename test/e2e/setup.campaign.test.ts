import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type CommandLine, run } from "../../sandbox/command.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { createKey } from "./binance.ts";
import { nextOrder } from "./bot.ts";
import { filesWith, formsOf } from "./canary.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { Terminal } from "./terminal.ts";

// The first hour: somebody has a token of Hetzner and an account at Binance, and runs `npm run setup` in a terminal. Every
// test starts where the previous one ended.

const folders = foldersOfThisRun();
const token = process.env.HCLOUD_TOKEN ?? "";
/** In no file of the project, this one included. */
const passphrase = `a passphrase ${randomBytes(12).toString("hex")}`;
const size = { rows: 50, columns: 200 };
const enter = "\r";
const controlC = "\x03";

/** A new computer: nobody is logged in to Pulumi, and no variable has the passphrase or the token. */
const newComputer = [
  "env",
  `--chdir=${folders.project}`,
  "--unset=PULUMI_BACKEND_URL",
  "--unset=PULUMI_CONFIG_PASSPHRASE",
  "--unset=HCLOUD_TOKEN",
] as const;

const setup = (...args: string[]): CommandLine => [...newComputer, "node", "scripts/setup.ts", ...args];

let terminal: Terminal;
/** What all terminals have shown. */
let screens = "";
/** What a person has typed or chosen, without the answers that were interrupted. */
let answers = 0;

function start(): void {
  terminal = new Terminal(setup(), size);
}

/** Answers a question once it is on the screen. */
async function answer(question: string, typed: string): Promise<void> {
  await terminal.shows(question);
  terminal.type(`${typed}${enter}`);
  answers += 1;
}

async function ends(): Promise<number> {
  const code = await terminal.ended;
  screens += terminal.screen;
  return code;
}

beforeAll(async () => {
  await hetzner.reset();
});

afterAll(async () => {
  terminal.close();
  const withPassphrase = [...newComputer, `PULUMI_CONFIG_PASSPHRASE=${passphrase}`] as const;
  await run([...withPassphrase, "node", "scripts/teardown.ts", "--stack", "prod", "--yes"]);
  expect(await hetzner.servers()).toEqual([]);
});

test("a token that Hetzner doesn't know is refused as it is pasted, and asked for again", async () => {
  start();
  await answer("A passphrase for the stack's secrets", passphrase);
  await answer("The same passphrase again", passphrase);
  await terminal.shows("Hetzner's API token");
  terminal.type(`${"x".repeat(64)}${enter}`);
  const refusal = "Hetzner doesn't accept the API token.";
  await terminal.shows(refusal);
  // Not before the question is there again: until then, the terminal itself would show what is typed.
  await until(() => terminal.screen.split(refusal).at(-1)?.includes("Hetzner's API token"));
  await answer(refusal, token);
  await terminal.shows("Hetzner accepts the token, and it may write.");
});

test("this computer's address is shown, and used because a person confirms it", async () => {
  await answer("ifconfig.me sees you at 198.51.100.10.", "");
});

test("Ctrl-C at a question loses nothing, and nothing is ordered before its price was seen", async () => {
  await answer("Which bot?", "");
  await terminal.shows("a month with the address and a volume of 10 GB");
  terminal.type(controlC);
  expect(await ends()).toBe(130);
  expect(terminal.screen).toContain("To go on: npm run setup");
  expect(await hetzner.servers()).toEqual([]);
  expect(await hetzner.primaryIps()).toEqual([]);
});

test("the next run asks only for what is missing, and goes on after Ctrl-C in `pulumi up`", async () => {
  start();
  await terminal.shows("The stack's passphrase");
  terminal.type(`${passphrase}${enter}`);
  await answer("Which server?", "");
  await until(async () => (await hetzner.primaryIps()).length > 0);
  terminal.type(controlC);
  expect(await ends()).toBe(130);
  expect(terminal.screen).toContain("To go on: npm run setup");
});

test("a verified, running bot is there after fewer than ten answers", async () => {
  start();
  await terminal.shows("The stack's passphrase");
  terminal.type(`${passphrase}${enter}`);
  // How far the interrupted run came decides whether a server is still to be ordered.
  await until(() => /Order it\?|Now: pulumi up/.test(terminal.screen));
  if (terminal.screen.includes("Order it?")) {
    terminal.type(enter);
  }
  await terminal.shows("Now create the API key at Binance");
  const { ipv4 } = await onlyServer();
  expect(terminal.screen).toContain(`add ${ipv4}`);
  const pair = await createKey("trading-bot-prod-1", [ipv4 ?? ""]);
  await answer("The API key of trading-bot-prod-1", pair.apiKey);
  await answer("Its secret", pair.apiSecret);
  expect(await ends()).toBe(0);
  expect(terminal.screen).toContain("The key is verified, and the bot runs with it.");
  expect(answers).toBeLessThan(10);
  expect(await nextOrder()).toEqual(expect.objectContaining({ source: ipv4, status: 200 }));
  const forms = [...formsOf(pair), token, passphrase];
  expect(forms.filter((form) => screens.includes(form))).toEqual([]);
  expect(await filesWith(forms, [folders.project, folders.home])).toEqual([]);
});

test("run again, it asks for nothing and changes nothing", async () => {
  const { result, requests } = await hetzner.during(async () => {
    start();
    await terminal.shows("The stack's passphrase");
    terminal.type(`${passphrase}${enter}`);
    return ends();
  });
  expect(result).toBe(0);
  expect(terminal.screen).not.toContain("Now: pulumi up");
  expect(requests.filter(({ method }) => method !== "GET")).toEqual([]);
});
