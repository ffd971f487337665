import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "@jest/globals";
import type { DeliveredFile } from "../../components/commands/delivered-file.ts";
import { botFiles } from "../../components/trading-bot.ts";
import { sandboxOfBackups, unitSandbox } from "../../components/unit-sandbox.ts";
import { resolved as bot } from "./settings/bot/support.ts";

const rootfs = join(import.meta.dirname, "../../server/rootfs");

/** Files of server/rootfs/, by their path on the server. */
function sources(pattern: string): string[] {
  return globSync(pattern, { cwd: join(rootfs, "etc/systemd/system") })
    .map((path) => `/etc/systemd/system/${path}`)
    .toSorted();
}

const folderOfBot = "/etc/systemd/system/trading-bot.service.d";

test("the common sandbox and the exceptions of every unit except the bot arrive together", () => {
  const delivered = unitSandbox().flatMap(({ path }) => (path.endsWith("-sandbox.conf") ? [path] : []));
  expect([...delivered, `${folderOfBot}/50-sandbox.conf`].toSorted()).toEqual(
    sources("*.d/{00,50}-sandbox.conf"),
  );
});

test("a changed sandbox with which the bot doesn't run is rolled back: all of it belongs to the bot's delivery", () => {
  const concernsBot = ({ path }: DeliveredFile) => path.startsWith(`${folderOfBot}/`);
  expect(unitSandbox().filter(concernsBot)).toEqual([]);
  const sandbox = botFiles(undefined).filter((file) => concernsBot(file) && /\/\d\d-/.test(file.path));
  expect(sandbox.map(({ path }) => path)).toEqual(
    ["00-sandbox", "10-bot", "40-foreign-code", "50-sandbox"].map((name) => `${folderOfBot}/${name}.conf`),
  );
  // A drop-in replaces one of the same name that is for more units. So the common one doesn't apply to the bot.
  const [own] = sandbox;
  const [common] = unitSandbox();
  expect(common?.path).toBe("/etc/systemd/system/trading-.service.d/00-sandbox.conf");
  expect(own?.content).toBe(common?.content);
});

test("each unit that runs code which isn't trusted has the drop-in for it", () => {
  const delivered = [...unitSandbox(), ...botFiles(undefined)].flatMap(({ path }) =>
    path.endsWith("/40-foreign-code.conf") ? [path] : [],
  );
  const units = sources("*.service").filter((path) =>
    /^User=trading-bot(-installer)?$/m.test(readFileSync(join(rootfs, path), "utf8")),
  );
  expect(units).toHaveLength(5);
  units.push("/etc/systemd/system/trading-bot.service", "/etc/systemd/system/trading-bot-command-.service");
  expect(delivered.toSorted()).toEqual(units.map((unit) => `${unit}.d/40-foreign-code.conf`).toSorted());
});

test("each unit that runs one of the guard's programs has the drop-in that says how it runs, before the unit itself", () => {
  const delivered = [...unitSandbox(), ...sandboxOfBackups()].flatMap(({ path, content }) =>
    path.endsWith("/10-guard.conf") ? [[path, content]] : [],
  );
  const text = readFileSync(
    join(rootfs, "etc/systemd/system/trading-bot-guard.service.d/10-guard.conf"),
    "utf8",
  );
  expect(text).toContain("\nUser=trading-bot-guard\n");
  const units = sources("*.service").filter((path) =>
    /\/(guard\.mjs|watch-guard|watch-updates|watch-backups)\b/.test(readFileSync(join(rootfs, path), "utf8")),
  );
  expect(units).toHaveLength(13);
  expect(delivered.toSorted()).toEqual(units.map((unit) => [`${unit}.d/10-guard.conf`, text]));
});

test("every other drop-in of the bot's unit is delivered or removed", () => {
  const delivered = botFiles(undefined).flatMap(({ path }) =>
    /\/trading-bot\.service\.d\/[a-z]/.test(path) ? [path] : [],
  );
  expect(delivered.toSorted()).toEqual(sources("trading-bot.service.d/[a-z]*.conf"));
});

test("a change of the bot's sandbox restarts the bot once, with its own files, which come after their sandbox", () => {
  const restarts = (files: DeliveredFile[]) =>
    files.flatMap(({ path, activate = [] }) =>
      activate.includes("/usr/local/sbin/bot-control apply") ? [path] : [],
    );
  expect(restarts(unitSandbox())).toEqual([]);
  expect(restarts(botFiles(undefined)).slice(0, 10)).toEqual([
    ...["00-sandbox", "10-bot", "40-foreign-code", "50-sandbox"].map((name) => `${folderOfBot}/${name}.conf`),
    ...["__init__", "connection", "output", "relay"].map(
      (module) => `/usr/local/lib/trading-bot-server/bot_init/${module}.py`,
    ),
    "/usr/local/lib/trading-bot-server/bot-init",
    "/etc/systemd/system/trading-bot.service",
  ]);
});

test("a command of the bot's owner has the same sandbox as the bot, for each profile, and only its own besides", () => {
  const commands = "/etc/systemd/system/trading-bot-command-.service.d";
  const contents = (files: DeliveredFile[], folder: string) =>
    new Map(
      files.flatMap(({ path, content }) =>
        path.startsWith(`${folder}/`) && content !== null ? [[basename(path), content]] : [],
      ),
    );
  for (const [profile, executableTmp] of [
    ["strict", false],
    ["jit", false],
    ["strict", true],
  ] as const) {
    const files = botFiles({ ...bot, profile, executableTmp });
    const ofBot = contents(files, folderOfBot);
    const ofCommand = contents(files, commands);
    const shared = [
      "10-bot.conf",
      "40-foreign-code.conf",
      "50-sandbox.conf",
      ...(profile === "jit" ? ["jit.conf"] : []),
      ...(executableTmp ? ["executable-tmp.conf"] : []),
    ];
    expect([...ofCommand.keys()].toSorted()).toEqual([...shared, "20-command.conf"].toSorted());
    for (const name of shared) {
      expect(ofCommand.get(name)).toBe(ofBot.get(name));
    }
  }
});
