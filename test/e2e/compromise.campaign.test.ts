import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { attempt } from "../../sandbox/command.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { binance, createKey } from "./binance.ts";
import { BotOnServer, nextOrder, runTampered, stackWithBot, tampered } from "./bot.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import type { Stack } from "./stack.ts";
import { statusOf } from "./status.ts";

// docs/after-a-compromise.md, from its first step to the last, with the commands that are on the page.

const { project } = foldersOfThisRun();
const stateFolder = "/var/lib/trading-bot";
const used = ["state.tar.gz", "saved", "clean"].map((name) => join(project, name));

let stack: Stack;
let stolen: KeyPair;
let address: string;
let oldServer: Server;

beforeAll(async () => {
  stack = await stackWithBot("compromise");
  ({ live: stolen, address, server: oldServer } = await runTampered(stack));
});

afterAll(async () => {
  await Promise.all(used.map((path) => rm(path, { recursive: true, force: true })));
  await stack.remove();
});

/** The lines of the page's code block that contains a text. */
function commandsOnPage(containing: string): string[] {
  const page = readFileSync(new URL("../../docs/after-a-compromise.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/^```\n([^]*?)^```$/gm)].map(([, block = ""]) => block);
  const found = blocks.filter((block) => block.includes(containing));
  expect(found).toHaveLength(1);
  return (found[0] ?? "").split("\n").filter(Boolean);
}

/** Runs a command of the page as a person does: in the project's folder, with the stack selected. */
async function run(command: string, folder = project): Promise<string> {
  const outcome = await attempt(["env", `--chdir=${folder}`, "bash", "-o", "pipefail", "-c", command]);
  expect({ command, ...outcome }).toMatchObject({ code: 0 });
  return outcome.stdout;
}

/** Presses a button in Hetzner's Console, and waits until the server has changed. */
async function pressInConsole(button: "poweroff" | "poweron"): Promise<void> {
  const { status } = await fetch(`https://api.hetzner.cloud/v1/servers/${oldServer.id}/actions/${button}`, {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.HCLOUD_TOKEN ?? ""}` },
  });
  expect(status).toBe(201);
  const wanted = button === "poweroff" ? "off" : "running";
  await until(async () => (await onlyServer()).status === wanted);
}

test("while the server is off, the key leaves the settings, and `pulumi up` says how to go on", async () => {
  await pressInConsole("poweroff");
  expect(await statusOf(stack)).toMatchObject({
    code: 1,
    notices: [
      { kind: "problem", text: expect.stringContaining("is switched off at Hetzner") },
      { kind: "problem", text: expect.stringContaining("Can't connect to") },
    ],
  });
  const { code, stdout } = await stack.script("revoke", ["--yes"]);
  const settings = await stack.pulumi(["config", "--json", "--stack", stack.name]);
  expect([code, settings.stdout]).toEqual([3, expect.not.stringContaining("binance:")]);
  expect(stdout).toMatch(/2\. Power the server off[^]*3\. .*power it on again, and then: npm run revoke/);
  const up = await stack.up();
  expect([up.code === 0, up.stdout]).toEqual([
    false,
    expect.stringContaining("The server is off. To switch it on: Hetzner's Console"),
  ]);
  expect((await onlyServer()).status).toBe("off");
  await pressInConsole("poweron");
  await until(async () => (await stack.script("ssh", ["true"])).code === 0);
  await stack.setKeyPair(stolen);
});

test("the key is revoked", async () => {
  await oldServer.run(
    `cd ${stateFolder} && echo 17 >trades.csv && echo 'print()' >evil.py && ln -s /etc/shadow link`,
  );
  await binance.deleteKey(stolen.apiKey);
  expect(commandsOnPage("npm run revoke")).toEqual(["npm run revoke"]);
  expect(await stack.script("revoke", ["--yes"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/No key pair is on the server any more\.[^]*The key is deleted/),
  });
});

test("the host key is replaced, so that nobody can pretend to be the next server", async () => {
  const hostKey = await stack.output("hostKey");
  await run("npm run rotate-ssh-keys -- --only host-key --yes");
  expect(await stack.output("hostKey")).not.toBe(hostKey);
});

test("the server is replaced, at the same address, without what was on it", async () => {
  const [save = "", replace = "", ...more] = commandsOnPage("--without-state");
  expect(more).toEqual([]);
  await run(save);
  await run(`${replace} --yes`);
  const { id } = await onlyServer();
  expect(id).not.toBe(oldServer.id);
  expect(await stack.output("ipToWhitelist")).toBe(address);
  const files = await new Server(id).run(`ls -A ${stateFolder} /etc/credstore.encrypted 2>/dev/null || true`);
  expect(files).not.toMatch(/evil|trades|binance/);
});

test("of the state, a person sees what isn't data, and copies the data", async () => {
  const server = new Server((await onlyServer()).id);
  const [unpack = "", , ...looks] = commandsOnPage("mkdir saved");
  await run(unpack);
  const folder = join(project, "saved", stateFolder);
  const [odd, kinds] = [await run(looks[0] ?? "", folder), await run(looks[1] ?? "", folder)];
  expect(odd).toContain("./link");
  expect(kinds).toMatch(/csv[^]*py/);

  await mkdir(join(project, "clean"));
  await writeFile(join(project, "clean/trades.csv"), await run("cat trades.csv", folder));
  for (const command of commandsOnPage("tar -cz -C clean")) {
    await run(command);
  }
  expect(await server.run(`stat -c '%U %n' ${stateFolder}/* && cat ${stateFolder}/trades.csv`)).toBe(
    `trading-bot ${stateFolder}/trades.csv\n17`,
  );
});

test("a new key works from the same address, and the bot starts when a person starts it", async () => {
  expect(await stack.script("install-bot", [tampered])).toMatchObject({ code: 0 });
  await stack.setKeyPair(await createKey("TradingBot-Hetzner-02", [address]));
  await stack.mustUp();
  const bot = new BotOnServer(new Server((await onlyServer()).id));
  expect(await bot.activity()).toBe("inactive");
  expect(await stack.script("start", [])).toMatchObject({ code: 0 });
  expect(await nextOrder()).toMatchObject({ status: 200, source: address });
});
