import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { outputs } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

// The server's tool is the real one, on a server that is a folder. This bot isn't configured, so that no start has to be
// watched.

const tool = join(import.meta.dirname, "../../server/rootfs/usr/local/sbin/bot-backup");
const computer = new OperatorComputer(outputs);
// In memory if possible: the tool refuses a disk without free space.
const disk = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "bot-backup-"));
const file = join(computer.folder, "bot.backup");
const passphrase = "correct horse battery";
const secret = "open trades: canary";

/** A backup with `secret`, made once: a passphrase takes seconds to check. */
const earlier = join(computer.folder, "earlier");

beforeAll(async () => {
  // The unit that copies the state, as systemd runs it.
  const copies = `${disk}/var/lib/trading-bot-server/copies/.making`;
  computer.addServerProgram(
    "systemctl",
    `case "$1 $2" in "start trading-bot-copy@copy.service") cp --archive ${disk}/var/lib/trading-bot/. ${copies}/state && echo '{}' > ${copies}/result/result.json ;; show*) echo LoadState=not-found ;; *) exit 1 ;; esac`,
  );
  computer.addServerProgram("stored-backup", "");
  computer.addServerProgram("logger", "");
  computer.addServerProgram("chown", "");
  useSoundTool();
  write("var/lib/trading-bot/trades", secret);
  expect(await backUp()).toMatchObject({ code: 0, stderr: expect.any(String) });
  renameSync(file, earlier);
});

beforeEach(() => {
  useSoundTool();
  useNewServer();
  write("var/lib/trading-bot/trades", secret);
  rmSync(file, { force: true });
});

afterAll(() => {
  rmSync(disk, { recursive: true });
  computer.remove();
});

function useSoundTool(): void {
  computer.addServerProgram("bot-backup", `TRADING_BOT_ROOT=${disk} exec ${tool} "$@"`);
}

function useNewServer(): void {
  rmSync(disk, { recursive: true, force: true });
  mkdirSync(disk);
}

function write(path: string, content: string): void {
  mkdirSync(join(disk, path, ".."), { recursive: true });
  writeFileSync(join(disk, path), content);
}

const trades = () => readFileSync(join(disk, "var/lib/trading-bot/trades"), "utf8");
const backUp = (input = `${passphrase}\n`) =>
  computer.run("backup.ts", ["bot.backup", "--passphrase-file", "-"], { input });
const restore = (...args: string[]) =>
  computer.run("restore.ts", ["--yes", "--passphrase-file", "-", ...args], { input: `${passphrase}\n` });

describe("npm run backup -- FILE", () => {
  test("writes an encrypted file, which `npm run restore` restores on a new server", async () => {
    const { code, stdout, stderr } = await backUp();
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expect(stdout).toMatch(/^Written: bot\.backup, 0\.0 MiB, in \d+ s\./);
    expect(computer.calls.join("\n")).not.toContain(passphrase);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(computer.filesWith(secret)).toEqual([]);
    useNewServer();
    const restored = await restore("bot.backup");
    expect(restored).toMatchObject({ code: 0 });
    expect(restored.stdout).toContain("is replaced by the backup bot.backup, which was made at 20");
    expect(restored.stdout).toContain("server: Restored what was saved at 20");
    expect(trades()).toBe(secret);
    expect(computer.filesWith(passphrase)).toEqual([]);
  });

  test("asks for the passphrase twice, and doesn't show it", async () => {
    const answers: [string, string][] = [
      ["at least 12", `${passphrase}\n`],
      ["again", `${passphrase}\n`],
    ];
    const { code, screen } = await computer.runInTerminal("backup.ts", ["bot.backup"], { answers });
    expect({ code, screen }).toEqual({ code: 0, screen: expect.not.stringContaining(passphrase) });
    expect(existsSync(file)).toBe(true);
  });

  test("ends if no passphrase is entered", async () => {
    const { code, screen } = await computer.runInTerminal("backup.ts", ["bot.backup"], {
      at: "at least 12",
      type: "\n",
    });
    expect({ code, screen }).toEqual({
      code: 2,
      screen: expect.stringContaining("No passphrase was entered."),
    });
  });

  test("refuses two passphrases that differ", async () => {
    const answers: [string, string][] = [
      ["at least 12", `${passphrase}\n`],
      ["again", "correct horse\n"],
    ];
    const { code, screen } = await computer.runInTerminal("backup.ts", ["bot.backup"], { answers });
    expect({ code, screen }).toEqual({
      code: 2,
      screen: expect.stringContaining("The two passphrases differ."),
    });
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ["a short passphrase", "too short\n", "fewer than 12 characters"],
    ["an empty one", "\n", "is empty"],
  ])("refuses %s", async (_, input, message) => {
    expect(await backUp(input)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    expect(existsSync(file)).toBe(false);
  });

  test("without a terminal, says how the passphrase is given", async () => {
    expect(await computer.run("backup.ts", ["bot.backup"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--passphrase-file PATH"),
    });
  });

  test.each([
    ["a folder that isn't there", "missing/bot.backup", "missing/bot.backup can't be written"],
    ["standard output", "-", "not to standard output"],
  ])("refuses %s before the bot is stopped", async (_, name, message) => {
    expect(
      await computer.run("backup.ts", [name, "--passphrase-file", "-"], { input: `${passphrase}\n` }),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
    expect(computer.calls.join("\n")).not.toContain("bot-backup");
  });

  test("never replaces a file", async () => {
    writeFileSync(file, "an earlier backup");
    expect(await backUp()).toMatchObject({ code: 2, stderr: expect.stringContaining("exists already") });
    expect(readFileSync(file, "utf8")).toBe("an earlier backup");
  });

  test("refuses a server with tools of an older version", async () => {
    computer.removeServerProgram("bot-backup");
    expect(await backUp()).toMatchObject({ code: 2, stderr: expect.stringContaining("Run `pulumi up`") });
  });

  test.each([
    ["the server reports an error", "echo the disk is broken >&2; exit 1"],
    ["the archive is cut off", `${tool} make | head -c 50`],
    ["the connection breaks", `${tool} make | head -c 50; exit 255`],
  ])("leaves no file if %s", async (_, script) => {
    const root = `export TRADING_BOT_ROOT=${disk}`;
    computer.addServerProgram(
      "bot-backup",
      `${root}; [ "$1" != make ] || { ${script}; exit; }; exec ${tool} "$@"`,
    );
    expect(await backUp()).toMatchObject({ code: 2 });
    expect(readdirSync(computer.folder).filter((name) => name.startsWith("bot.backup"))).toEqual([]);
  });
});

describe("npm run restore", () => {
  test("keeps the replaced state aside, and --undo restores it", async () => {
    copyFileSync(earlier, file);
    write("var/lib/trading-bot/trades", "written since");
    expect(await restore("bot.backup")).toMatchObject({ code: 0 });
    expect(trades()).toBe(secret);
    expect(await restore("--undo")).toMatchObject({ code: 0 });
    expect(trades()).toBe("written since");
  });

  test("refuses a wrong passphrase, and changes nothing", async () => {
    copyFileSync(earlier, file);
    write("var/lib/trading-bot/trades", "written since");
    const wrong = await computer.run("restore.ts", ["--yes", "--passphrase-file", "-", "bot.backup"], {
      input: "another passphrase\n",
    });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("the passphrase is wrong") });
    expect(trades()).toBe("written since");
  });

  test.each([
    [
      "changed",
      (content: Buffer) => content.map((byte, at) => (at === content.length - 30 ? byte ^ 1 : byte)),
    ],
    ["cut off", (content: Buffer) => content.subarray(0, -1)],
  ])("refuses a file that was %s, and changes nothing", async (_, spoil) => {
    writeFileSync(file, spoil(readFileSync(earlier)));
    write("var/lib/trading-bot/trades", "written since");
    const { code, stderr } = await restore("bot.backup");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("isn't a complete archive"),
    });
    expect(trades()).toBe("written since");
    expect(computer.calls.join("\n")).not.toContain("bot-backup restore");
  });

  test("is the way in for a bot that has been running elsewhere: a folder becomes its state", async () => {
    const folder = join(computer.folder, "user_data");
    mkdirSync(folder);
    writeFileSync(join(folder, "trades"), "open trades from a laptop");
    const { code, stdout } = await computer.run("restore.ts", ["--yes", "user_data"]);
    expect(code).toBe(0);
    expect(stdout).toContain("the bot's state, but not its program, is replaced by the files in the folder");
    expect(trades()).toBe("open trades from a laptop");
  });

  test("refuses a folder that is empty or has more than files in it, with the names, and changes nothing", async () => {
    const folder = join(computer.folder, "odd");
    mkdirSync(join(folder, "below"), { recursive: true });
    rmSync(join(folder, "below"), { recursive: true });
    const refused = async (message: string) => {
      expect(await computer.run("restore.ts", ["--yes", "odd"])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(message),
      });
      expect(trades()).toBe(secret);
    };
    await refused("The folder odd is empty.");
    mkdirSync(join(folder, "below"));
    writeFileSync(join(folder, "trades"), "open trades from a laptop");
    spawnSync("mkfifo", [join(folder, "below/pipe")]);
    await refused("odd/below/pipe");
  });

  test("takes a state that `npm run replace` has saved", async () => {
    const { stdout } = spawnSync(tool, ["make"], {
      env: { ...process.env, PATH: serverPath(), TRADING_BOT_ROOT: disk },
    });
    writeFileSync(join(computer.folder, "saved.tar.gz"), stdout);
    useNewServer();
    expect(await computer.run("restore.ts", ["--yes", "saved.tar.gz"])).toMatchObject({ code: 0 });
    expect(trades()).toBe(secret);
  });

  test("changes nothing if the answer isn't yes", async () => {
    copyFileSync(earlier, file);
    write("var/lib/trading-bot/trades", "written since");
    const { code, screen } = await computer.runInTerminal("restore.ts", ["bot.backup"], {
      answers: [
        ["Passphrase", `${passphrase}\n`],
        ["Type yes", "no\n"],
      ],
    });
    expect({ code, screen }).toEqual({ code: 1, screen: expect.stringContaining("Nothing was changed.") });
    expect(trades()).toBe("written since");
  });

  test.each([[[]], [["one", "two"]], [["--undo", "one"]]])("refuses the arguments %j", async (args) => {
    expect(await computer.run("restore.ts", args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Name exactly one file or folder"),
    });
  });

  test("refuses what isn't there, or isn't a backup", async () => {
    writeFileSync(join(computer.folder, "text"), "nonsense");
    for (const name of ["missing", "text"]) {
      expect(await restore(name)).toMatchObject({ code: 2, stderr: expect.stringContaining(name) });
    }
  });
});

function serverPath(): string {
  return `${join(computer.folder, "server")}:${process.env.PATH ?? ""}`;
}
