import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

// The tool itself, with other places in its first lines, and with stand-ins for what only root and systemd can do.
// trading-bot-program.sandbox.test.ts tries it as it is, on a machine.

const server = join(import.meta.dirname, "../../server/rootfs/usr/local");
const tool = readFileSync(join(server, "sbin/trading-bot-program"), "utf8");
const control = readFileSync(join(server, "lib/trading-bot-server/bot-control"), "utf8");
const prepare = join(server, "lib/trading-bot-server/prepare-program");

let folder = "";
const at = (name: string) => join(folder, name);
const releases = "opt/trading-bot/releases";

/** A bot's unit that runs on every program but one that holds a file "broken". */
const systemctl = `
echo "systemctl $*" >> calls
case $* in
is-enabled*) [ -e enabled ] ;;
*ActiveState*)
  if [ -e opt/trading-bot/current/broken ]; then echo ActiveState=failed; else echo ActiveState=active; fi
  echo "InvocationID=$(grep -c 'systemctl restart' calls)"
  printf '%s\n' SubState=running NRestarts=0 Job=
  ;;
*InvocationID*) grep -c 'systemctl restart' calls || true ;;
*Result*) echo exit-code ;;
*ExecMainStatus*) echo 3 ;;
esac`;

/** Runs the command in no sandbox, where the sandbox would show the staged folder under its final name. */
const systemdRun = `
echo "systemd-run" >> calls
for word; do case $word in BindPaths=*) bind=\${word#BindPaths=} ;; BindReadOnlyPaths=*) archive=\${word#BindReadOnlyPaths=} ;; esac; done
while [ "$1" != -- ]; do shift; done
shift
for word; do
  shift
  case $word in "\${bind#*:}") word=\${bind%%:*} ;; "\${archive#*:}") word=\${archive%%:*} ;; esac
  set -- "$@" "$word"
done
exec "$@"`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trading-bot-program-"));
  mkdirSync(at("bin"));
  standIn("systemctl", systemctl);
  standIn("systemd-run", systemdRun);
  standIn("id", "echo 0");
  standIn("logger", 'echo "$3" >> journal');
  for (const name of ["chown", "sleep", "sync"]) {
    standIn(name, "");
  }
  // Without the owner, whom this computer doesn't have.
  standIn("install", 'while [ $# -gt 3 ]; do shift; done; mkdir -p "$3"');
  for (const place of ["etc", "opt/trading-bot", "var/lib"]) {
    mkdirSync(at(place), { recursive: true });
  }
  placed("tool", tool.replace(/^prepare=.*$/m, `prepare=${prepare}`));
  placed("bot-control", control);
  write("enabled");
  write("etc/trading-bot/bot.json");
  write("etc/credstore.encrypted/binance");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Puts a tool here, with its places. */
function placed(name: string, text: string): void {
  const moved = text
    .replace(/^control=.*$/m, `control=${at("bot-control")}`)
    .replace(/(?<=[ =])\/(etc|opt|var\/lib)\//g, `${folder}/$1/`);
  writeFileSync(at(name), moved, { mode: 0o755 });
}

function write(name: string, content = ""): void {
  mkdirSync(join(at(name), ".."), { recursive: true });
  writeFileSync(at(name), content);
}

function standIn(name: string, script: string): void {
  write(`bin/${name}`, `#!/bin/bash\n${script}\n`);
  chmodSync(at(`bin/${name}`), 0o755);
}

function run(words: string[], input: Buffer | string = "") {
  return spawnSync("bash", [at("tool"), ...words], {
    cwd: folder,
    env: { PATH: `${at("bin")}:${process.env.PATH ?? ""}` },
    input,
    encoding: "utf8",
  });
}

function nameOf(archive: Buffer): string {
  return createHash("sha256").update(gunzipSync(archive)).digest("hex").slice(0, 12);
}

/** A program with one file, as it is sent. */
function program(file: string): { id: string; archive: Buffer } {
  const made = mkdtempSync(at("program-"));
  writeFileSync(join(made, file), file);
  const archive = gzipSync(execFileSync("tar", ["--create", "--directory", made, "."]));
  return { id: nameOf(archive), archive };
}

function install({ id, archive }: { id: string; archive: Buffer }) {
  return run(["install", id], archive);
}

function linked(name: string): string | undefined {
  const link = at(`opt/trading-bot/${name}`);
  return existsSync(link) ? readlinkSync(link).replace("releases/", "") : undefined;
}

const journal = () => readFileSync(at("journal"), "utf8").trim().split("\n");

describe("a program that is installed", () => {
  test("becomes the current release, which others can't change, and the bot is restarted onto it", () => {
    const first = program("first");
    const { status, stdout } = install(first);
    expect(stdout).toContain("the bot runs on it");
    expect(status).toBe(0);
    expect(linked("current")).toBe(first.id);
    expect(statSync(at(`${releases}/${first.id}`)).mode & 0o7777).toBe(0o750);
    expect(statSync(at(`${releases}/${first.id}/first`)).mode & 0o7777).toBe(0o640);
    expect(existsSync(at("opt/trading-bot/staging"))).toBe(false);
    expect(journal()).toEqual([`installed ${first.id}, the bot runs on it`]);
  });

  test("gives way to the one before if the bot doesn't run on it", () => {
    const [good, broken] = [program("good"), program("broken")];
    install(good);
    const { status, stderr } = install(broken);
    expect(status).toBe(1);
    expect(stderr).toContain(`The one before, ${good.id}, is current again, and the bot runs on it again`);
    expect(stderr).toContain("exit status 3");
    expect(linked("current")).toBe(good.id);
    expect(journal().at(-1)).toContain(`went back to ${good.id}: the bot did not run on ${broken.id}`);
  });

  test("stays where there is none to go back to, so that its owner can see what it says", () => {
    const broken = program("broken");
    const { status, stderr } = install(broken);
    expect(status).toBe(1);
    expect(stderr).toContain("npm run logs");
    expect(linked("current")).toBe(broken.id);
  });

  test.each<[string, () => void, string]>([
    [
      "before there is a key",
      () => {
        rmSync(at("etc/credstore.encrypted/binance"));
      },
      "there is no key yet",
    ],
    [
      "before there is a bot in the settings",
      () => {
        rmSync(at("enabled"));
      },
      "no bot is set yet",
    ],
    [
      "while the guard holds the bot",
      () => {
        write("var/lib/trading-bot-server/held");
      },
      "the guard holds it",
    ],
  ])("stands %s, and says why the bot doesn't run", (_, prepareIt, reason) => {
    prepareIt();
    const broken = program("broken");
    const { status, stdout } = install(broken);
    expect(status).toBe(0);
    expect(stdout).toContain(reason);
    expect(linked("current")).toBe(broken.id);
    expect(readFileSync(at("calls"), "utf8")).not.toContain("restart");
  });

  test("needs no key on the server if the bot asks for it itself", () => {
    rmSync(at("etc/credstore.encrypted/binance"));
    write("etc/systemd/system/trading-bot.service.d/without-key.conf");
    expect(install(program("first")).stdout).toContain("the bot runs on it");
  });

  test("is one of three that are kept, and the one to go back to is among them", () => {
    const programs = ["a", "b", "c", "d", "e"].map(program);
    for (const one of programs) {
      install(one);
    }
    const kept = readdirSync(at(releases));
    expect(kept).toHaveLength(3);
    expect(kept).toEqual(expect.arrayContaining(programs.slice(-2).map(({ id }) => id)));
    expect(linked("previous")).toBe(programs[3]?.id);
  });
});

describe("nothing changes", () => {
  test.each<[string, (sound: Buffer) => Buffer]>([
    ["half of a program", (sound) => sound.subarray(0, sound.length / 2)],
    ["no program at all", () => Buffer.alloc(0)],
    ["another program", () => program("other").archive],
  ])("when %s arrives", (_, change) => {
    const good = program("good");
    install(good);
    const next = program("next");
    const { status, stderr } = install({ id: next.id, archive: change(next.archive) });
    expect(status).toBe(1);
    expect(stderr).toContain("nothing was changed");
    expect(linked("current")).toBe(good.id);
    expect(readdirSync(at(releases))).toEqual([good.id]);
    expect(existsSync(at("opt/trading-bot/staging"))).toBe(false);
  });

  test.each([["../../etc"], ["0123456789AB"], ["0123456789ab0"], [""]])("for a release named %j", (id) => {
    expect(run(["install", id])).toMatchObject({ status: 1 });
    expect(existsSync(at("opt/trading-bot/current"))).toBe(false);
  });
});

test("what an interrupted installation has left is removed, its process first", () => {
  write("opt/trading-bot/staging/tree/half");
  expect(install(program("first")).status).toBe(0);
  expect(existsSync(at("opt/trading-bot/staging"))).toBe(false);
  expect(readFileSync(at("calls"), "utf8")).toMatch(/^systemctl stop trading-bot-installer/);
});

test("roll-back goes to the program before, and back again", () => {
  const [first, second] = [program("first"), program("second")];
  expect(run(["roll-back"]).stderr).toContain("no earlier release");
  install(first);
  expect(run(["roll-back"]).stderr).toContain("no earlier release");
  install(second);
  for (const { id } of [first, second]) {
    expect(run(["roll-back"]).stdout).toContain(`The release ${id} is current again.\nThe bot runs on it.`);
    expect(linked("current")).toBe(id);
  }
});

test("list names the releases, which is current, and which is the one before", () => {
  const [first, second] = [program("first"), program("second")];
  install(first);
  install(second);
  const lines = run(["list"]).stdout.split("\n").filter(Boolean).sort();
  const expected = [`${first.id}  .* UTC  before`, `${second.id}  .* UTC  current`].sort();
  expect(lines).toEqual(expected.map((line) => expect.stringMatching(line)));
});

test("explains itself, and refuses what it doesn't know", () => {
  expect(run(["--help"])).toMatchObject({ status: 0 });
  expect(run(["delete"])).toMatchObject({ status: 2 });
});
