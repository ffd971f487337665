import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { outputs } from "./stack.ts";
import { Desk, type Ended } from "./tools.ts";

const secret = "NhqPtmdSJYdKjV7Zp3wHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5f";
const settings = { "binance:apiKey": "k".repeat(64), "binance:apiSecret": secret };
const prepareProgram = join(
  import.meta.dirname,
  "../../server/rootfs/usr/local/lib/trading-bot-server/prepare-program",
);

const desk = new Desk(outputs);
let folder = "";
const sent = join(desk.folder, "sent");

beforeEach(() => {
  folder = mkdtempSync(join(desk.folder, "bot-"));
  write("bot.py", "print('trades')\n");
  rmSync(sent, { force: true });
  desk.onServer("uname", "echo x86_64");
  desk.onServer("readlink", "exit 1");
  desk.onServer(
    "trading-bot-program",
    'echo "$*" >> "$DESK/called"; [ "$1" != install ] || cat > "$DESK/sent"; echo done',
  );
});

afterAll(() => {
  desk.remove();
});

function write(name: string, content: string): void {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), content);
}

function git(...words: string[]): void {
  execFileSync("git", words, { cwd: folder, stdio: "pipe" });
}

async function install(...words: string[]): Promise<Ended> {
  const ended = await desk.run("install-bot.ts", words.length === 0 ? [folder] : words, { settings });
  expect(ended.stdout + ended.stderr).not.toContain(secret);
  expect(desk.keyFiles).toEqual([]);
  return ended;
}

/** What was sent, unpacked by the server's own tool. */
function unpacked(): { id: string; files: string[]; at: (name: string) => string } {
  const id = createHash("sha256")
    .update(gunzipSync(readFileSync(sent)))
    .digest("hex")
    .slice(0, 12);
  const target = mkdtempSync(join(desk.folder, "unpacked-"));
  execFileSync(prepareProgram, ["unpack", sent, id, target]);
  const found = execFileSync("find", [".", "!", "-type", "d", "-printf", "%P\n"], { cwd: target });
  return { id, files: found.toString().trim().split("\n").sort(), at: (name) => join(target, name) };
}

async function idOf(): Promise<string> {
  expect((await install()).code).toBe(0);
  return unpacked().id;
}

test("brings a program to the server, and says what to do next", async () => {
  write("strategies/one.py", "");
  const { code, stdout } = await install();
  expect(code).toBe(0);
  const { id, files } = unpacked();
  expect(files).toEqual(["bot.py", "strategies/one.py"]);
  expect(desk.called.at(-1)).toBe(`install ${id}`);
  expect(stdout).toBe("done\nNext: `npm run logs` follows the bot.\n");
});

test("the same program has the same name, whenever and in whatever order it was written", async () => {
  write("a.py", "a");
  write("b.py", "b");
  const id = await idOf();
  for (const name of ["b.py", "a.py", "bot.py"]) {
    const content = readFileSync(join(folder, name), "utf8");
    rmSync(join(folder, name));
    write(name, content);
    execFileSync("touch", ["--date=2001-02-03", join(folder, name)]);
    execFileSync("chmod", ["0640", join(folder, name)]);
  }
  expect(await idOf()).toBe(id);
  write("b.py", "c");
  expect(await idOf()).not.toBe(id);
});

test("a program that is current already isn't sent again", async () => {
  const id = await idOf();
  rmSync(sent);
  desk.onServer("readlink", `echo releases/${id}`);
  const { code, stdout } = await install();
  expect(code).toBe(0);
  expect(stdout).toContain("current already");
  expect(existsSync(sent)).toBe(false);
});

test("what can be executed stays so, and what is a link stays one", async () => {
  write("run.sh", "#!/bin/sh\necho runs\n");
  execFileSync("chmod", ["0700", join(folder, "run.sh")]);
  symlinkSync("run.sh", join(folder, "start"));
  await install();
  expect(execFileSync(unpacked().at("start")).toString()).toBe("runs\n");
});

test("a file with an unusual name travels like any other", async () => {
  write("@scope/ä b'\".txt", "content");
  await install();
  expect(readFileSync(unpacked().at("@scope/ä b'\".txt"), "utf8")).toBe("content");
});

describe("what stays at home", () => {
  test("what git ignores", async () => {
    git("init", "--quiet");
    write(".gitignore", "data/\n");
    write("data/secrets", "");
    write("new.py", "");
    git("add", "bot.py");
    await install();
    expect(unpacked().files).toEqual([".gitignore", "bot.py", "new.py"]);
  });

  test("a tracked file that was deleted", async () => {
    git("init", "--quiet");
    write("old.py", "");
    git("add", "old.py", "bot.py");
    rmSync(join(folder, "old.py"));
    await install();
    expect(unpacked().files).toEqual(["bot.py"]);
  });

  test("outside of a repository, what is made anew", async () => {
    for (const made of [".venv/x", "node_modules/x", "inner/__pycache__/x"]) {
      write(made, "");
    }
    await install();
    expect(unpacked().files).toEqual(["bot.py"]);
  });
});

describe("nothing is sent", () => {
  test.each([
    [
      "the secret in a file",
      (): void => {
        write("config/key.json", `{"secret":"${secret}"}`);
      },
      "config/key.json holds the API secret",
    ],
    [
      "the secret in base64",
      (): void => {
        write("key", Buffer.from(secret).toString("base64"));
      },
      "key holds the API secret",
    ],
    [
      "the deploy key",
      (): void => {
        write("id", outputs.deployKey);
      },
      "id holds an SSH key",
    ],
    [
      "a link that leads out",
      (): void => {
        symlinkSync("../../etc/passwd", join(folder, "link"));
      },
      "link is a link that leads out",
    ],
    [
      "an absolute link",
      (): void => {
        symlinkSync("/etc/passwd", join(folder, "link"));
      },
      "link is a link that leads out",
    ],
    [
      "a pipe",
      (): void => {
        execFileSync("mkfifo", [join(folder, "pipe")]);
      },
      "pipe is neither a file nor a link",
    ],
    [
      "a repository that git can't read",
      (): void => {
        write(".git/HEAD", "broken");
      },
      "git can't list the files",
    ],
  ])("of a folder with %s", async (_, prepare, reason) => {
    prepare();
    const { code, stderr } = await install();
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
    expect(existsSync(sent)).toBe(false);
  });

  test("of no folder", async () => {
    expect(await install(join(folder, "bot.py"))).toMatchObject({ code: 2 });
    expect(await install(join(folder, "missing"))).toMatchObject({ code: 2 });
    expect(await install("--list", folder)).toMatchObject({ code: 2 });
  });
});

test("a .env that git doesn't ignore is worth a warning", async () => {
  write(".env", "TOKEN=1");
  write(".env.example", "TOKEN=");
  const { code, stderr } = await install();
  expect(code).toBe(0);
  expect(stderr.match(/Warning: \.env\S*/g)).toEqual(["Warning: .env"]);
});

test("a Node program gets the packages that its lock file names, and no others", async () => {
  write("package.json", JSON.stringify({ name: "bot", dependencies: { greeting: "file:greeting" } }));
  write("greeting/package.json", JSON.stringify({ name: "greeting", version: "1.0.0", main: "index.js" }));
  write("greeting/index.js", "module.exports = 'hello';\n");
  write("bot.js", "console.log(require('greeting'));\n");
  execFileSync("npm", ["install", "--package-lock-only", "--offline", "--no-audit", `--prefix=${folder}`], {
    cwd: folder,
    stdio: "pipe",
  });
  const { code } = await install();
  expect(code).toBe(0);
  expect(existsSync(join(folder, "node_modules"))).toBe(false);
  expect(execFileSync(process.execPath, [unpacked().at("bot.js")]).toString()).toBe("hello\n");
});

test("a Node program without a lock file is told of", async () => {
  write("package.json", JSON.stringify({ dependencies: { ccxt: "4" } }));
  expect((await install()).stderr).toContain("no package-lock.json");
});

test("the server's refusal is the script's", async () => {
  desk.onServer("trading-bot-program", "cat > /dev/null; echo the bot did not run on it >&2; exit 1");
  const { code, stdout, stderr } = await install();
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("the bot did not run on it");
});

test.each([
  ["--roll-back", "roll-back"],
  ["--list", "list"],
])("%s is the server's %s", async (flag, verb) => {
  const { code, stdout } = await install(flag);
  expect([code, stdout]).toEqual([0, "done\n"]);
  expect(desk.called.at(-1)).toBe(verb);
});
