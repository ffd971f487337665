import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fingerprint, type KeyPair } from "../../binance/key-pair.ts";
import { attempt } from "../../sandbox/command.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { createKey } from "./binance.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, type Operations, type Run, Stack } from "./stack.ts";

const archives = join(import.meta.dirname, "../upgrade");

/** The earlier versions, oldest first. */
export const versions = (await readdir(archives))
  .filter((name) => name.endsWith(".tar.gz"))
  .map((name) => name.slice(0, -".tar.gz".length))
  .toSorted((one, other) => compare(one, other));

const folders = foldersOfThisRun();

/** Unpacks a version; returns its project folder. */
async function unpack(version: string): Promise<string> {
  const folder = join(folders.dir, "upgrade", version);
  await mkdir(folder, { recursive: true });
  const { code, stderr } = await attempt(["tar", "-xzf", join(archives, `${version}.tar.gz`), "-C", folder]);
  if (code !== 0) {
    throw new Error(`${version}.tar.gz can't be unpacked: ${stderr}`);
  }
  await symlink(join(folders.project, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/**
 * What the upgrade may create, with its operation. These commands make nothing: they read what can be ordered, whether
 * the server is on and answers, and whether a saved state waits.
 */
function newCommands(version: string): Operations {
  const since030 = isBefore(version, "0.3.0")
    ? { order: "create", power: "create", "hold-for-restore": "create" }
    : {};
  const since040 = isBefore(version, "0.4.0") ? { heartbeat: "create" } : {};
  const since050 = isBefore(version, "0.5.0") ? { "bot-packages": "create", "ssh-port": "create" } : {};
  const since070 = isBefore(version, "0.7.0") ? { backup: "create" } : {};
  return { ...since030, ...since040, ...since050, ...since070 };
}

function isBefore(version: string, other: string): boolean {
  return compare(version, other) < 0;
}

function compare(version: string, other: string): number {
  return version.localeCompare(other, "en", { numeric: true });
}

/** The current version takes over a stack that this version made. */
export function testUpgrade(version: string): void {
  let stack: Stack;
  let server: Server;
  let pair: KeyPair;
  let before: { outputs: unknown; ids: string[]; server: unknown; starts: number };
  let upgrade: Run;

  const outputNames = [
    "ipToWhitelist",
    "serverName",
    "serverLocation",
    "liveKeyPair",
    "hostKey",
    "deployKey",
  ];
  const outputs = async () => {
    const values: [string, string][] = [];
    for (const name of outputNames) {
      values.push([name, await stack.output(name)]);
    }
    return values;
  };
  const starts = async () => Number(await server.run("wc -l < /var/lib/trading-bot/diary"));

  beforeAll(async () => {
    stack = await Stack.ready(`upgrade-${version.replaceAll(".", "-")}`, { folder: await unpack(version) });
    await stack.unset("verification");
    await stack.set("keyName", "TradingBot-Hetzner-01");
    await stack.setPath("bot.command", "/usr/bin/python3 {program}/bot.py");
    await stack.setPath("bot.key.environment.apiKey", "KEY");
    await stack.setPath("bot.key.environment.apiSecret", "SECRET");
    await stack.mustUp();
    server = new Server((await onlyServer()).id);
    pair = await createKey("TradingBot-Hetzner-01", [await stack.output("ipToWhitelist")]);
    await stack.setKeyPair(pair);
    await stack.mustUp();
    const bot = join(folders.dir, "upgrade", "bot");
    await cp(join(import.meta.dirname, "bots/diary"), bot, { recursive: true });
    expect(await stack.script("install-bot", [bot])).toMatchObject({ code: 0 });
    expect(await stack.script("verify", ["--confirm"], "yes\nyes\nyes\n")).toMatchObject({ code: 0 });
    await server.run("echo 'what the bot remembers' > /var/lib/trading-bot/memory");
    before = {
      outputs: await outputs(),
      ids: await stack.resourceIds(),
      server: await onlyServer(),
      starts: await starts(),
    };
    await stack.moveTo(folders.project);
    upgrade = await stack.up();
  });

  afterAll(async () => {
    await stack.remove();
  });

  test("is upgraded by one `pulumi up`, which replaces, deletes and makes nothing again", async () => {
    expect([upgrade.code, upgrade.stdout]).toEqual([0, expect.any(String)]);
    // Since 0.7.0, a new stack has a volume. Before, the bot's state stays where it is, and its owner hears of the alternative.
    expect(upgrade.stdout.includes("pulumi config set stateVolume 10")).toBe(isBefore(version, "0.7.0"));
    const isNotAnUpdate = ([, operation]: [string, string]) => operation !== "update";
    expect(Object.fromEntries(Object.entries(changes(upgrade)).filter(isNotAnUpdate))).toEqual(
      newCommands(version),
    );
    expect(await stack.resourceIds()).toEqual(expect.arrayContaining(before.ids));
  });

  test("keeps its server, address, keys and other outputs", async () => {
    expect(await onlyServer()).toEqual(before.server);
    expect(await outputs()).toEqual(before.outputs);
  });

  test("labels what it has at Hetzner, without replacing it", async () => {
    const name = `upgrade-${version.replaceAll(".", "-")}`;
    const selector = `pulumi-project==trading-bot-server,pulumi-stack==${name}`;
    for (const list of ["servers", "primary_ips", "firewalls", "ssh_keys"]) {
      const labelled = await fetch(
        `https://api.hetzner.cloud/v1/${list}?label_selector=${encodeURIComponent(selector)}`,
        { headers: { authorization: `Bearer ${process.env.HCLOUD_TOKEN ?? ""}` } },
      );
      expect(await labelled.json()).toMatchObject({ [list]: [{ name: `trading-bot-${name}` }] });
    }
  });

  test("keeps its live key pair", async () => {
    expect(await stack.output("liveKeyPair")).toBe(fingerprint(pair));
    expect(await server.pairInUnit()).toEqual(pair);
  });

  test("keeps its bot running, with what the bot wrote, without a restart unless the changelog announces one", async () => {
    expect(await server.run("systemctl is-active trading-bot")).toBe("active");
    expect(await server.run("cat /var/lib/trading-bot/memory")).toBe("what the bot remembers");
    expect(before.starts).toBeGreaterThan(0);
    // 0.4.0, 0.5.0 and 0.6.0 announce one.
    expect((await starts()) - before.starts).toBe(isBefore(version, "0.6.0") ? 1 : 0);
  });

  test("moves its bot to its own network, and leaves nothing of the resolver that bot and guard shared", async () => {
    const network = "readlink /proc/$(systemctl show -P MainPID trading-bot)/ns/net";
    expect(await server.run(network)).toBe(
      await server.run("ip netns exec trading-bot readlink /proc/self/ns/net"),
    );
    await server.run("systemctl start trading-bot-guard");
    const left = await server.run(`
      getent passwd trading-bot-resolver
      systemctl list-units --all --plain --no-legend 'trading-bot-resolver*'
      ls -d /etc/systemd/system/trading-bot-resolver* /etc/systemd/system/*/trading-bot-resolver* \\
        /etc/trading-bot/resolver* /usr/local/lib/trading-bot-server/start-resolver 2>/dev/null
      nft list sets | grep -E 'exchange|bot_hosts|webhook'
      true`);
    expect(left).toBe("");
  });

  test("passes `npm run verify`", async () => {
    expect(await stack.script("verify", [])).toMatchObject({ code: 0 });
  });

  test("is left unchanged by a second `pulumi up`", async () => {
    expect(changes(await stack.mustUp())).toEqual({});
  });
}
