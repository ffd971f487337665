import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
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
import { keyPair, outputs } from "../support/fixtures.ts";
import { unprintable } from "../support/terminal.ts";
import { OperatorComputer, type ScriptResult } from "./operator-computer.ts";

const secret = keyPair.apiSecret;
const telegramToken = "1234567890:the-token-of-a-bot-at-telegram";
const settings = {
  "binance:apiKey": keyPair.apiKey,
  "binance:apiSecret": secret,
  "trading-bot-server:bot": JSON.stringify({ preset: "freqtrade", secrets: { TOKEN: telegramToken } }),
};
const prepareProgram = join(
  import.meta.dirname,
  "../../server/rootfs/usr/local/lib/trading-bot-server/prepare-program",
);

const computer = new OperatorComputer(outputs);
let folder = "";
const sent = join(computer.folder, "sent");

beforeEach(() => {
  folder = mkdtempSync(join(computer.folder, "bot-"));
  write("bot.py", "print('trades')\n");
  rmSync(sent, { force: true });
  computer.addServerProgram("uname", "echo x86_64");
  computer.addServerProgram("readlink", "exit 1");
  computer.addServerProgram(
    "trading-bot-program",
    'echo "$*" >> "$FOLDER/calls"; [ "$1" != install ] || cat > "$FOLDER/sent"; echo done',
  );
});

afterAll(() => {
  computer.remove();
});

function write(name: string, content: string): void {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), content);
}

function git(...args: string[]): void {
  execFileSync("git", args, { cwd: folder, stdio: "pipe" });
}

async function install(...args: string[]): Promise<ScriptResult> {
  const ended = await computer.run("install-bot.ts", args.length === 0 ? [folder] : args, { settings });
  expect(ended.stdout + ended.stderr).not.toContain(secret);
  expect(computer.temporaryFiles).toEqual([]);
  return ended;
}

/** What was uploaded, unpacked by the server's own tool. */
function unpacked(): { id: string; files: string[]; at: (name: string) => string } {
  const id = createHash("sha256")
    .update(gunzipSync(readFileSync(sent)))
    .digest("hex")
    .slice(0, 12);
  const target = mkdtempSync(join(computer.folder, "unpacked-"));
  execFileSync(prepareProgram, ["unpack", sent, id, target]);
  const found = execFileSync("find", [".", "!", "-type", "d", "-printf", "%P\n"], { cwd: target });
  return { id, files: found.toString().trim().split("\n").sort(), at: (name) => join(target, name) };
}

async function idOf(): Promise<string> {
  expect((await install()).code).toBe(0);
  return unpacked().id;
}

test("uploads a program, and says what to do next", async () => {
  write("strategies/one.py", "");
  const { code, stdout } = await install();
  expect(code).toBe(0);
  const { id, files } = unpacked();
  expect(files).toEqual(["bot.py", "strategies/one.py"]);
  expect(computer.calls.at(-1)).toBe(`install ${id}`);
  // True for a bot that runs, is off, is held or isn't configured: the server has said which.
  expect(stdout).toBe("done\n`npm run logs` shows the log of the bot and of the guard.\n");
});

describe("a program with files that the server has", () => {
  const wheel = randomBytes(2 ** 20);
  const sha256 = createHash("sha256").update(wheel).digest("hex");

  /** The server's tool, which lists files by this script. */
  function serverWith(files: string): void {
    computer.addServerProgram(
      "trading-bot-program",
      `echo "$*" >> "$FOLDER/calls"; case "$1" in files) ${files} ;; install*) cat > "$FOLDER/sent" ;; esac`,
    );
  }

  beforeEach(() => {
    write("requirements.txt", "");
    writeFileSync(join(folder, "signals-1.0-py3-none-any.whl"), wheel);
  });

  test("is uploaded without them", async () => {
    serverWith(`echo ${sha256}`);
    const { code, stderr } = await install();
    expect(code).toBe(0);
    expect(stderr).toContain(
      "3 files, 0.0 MiB compressed; 1.0 MiB are on the server, and aren't uploaded again",
    );
    expect(computer.calls.at(-1)).toMatch(/^install-changes [0-9a-f]{12}$/);
    const parts = gunzipSync(readFileSync(sent));
    expect(parts.includes(wheel)).toBe(false);
    expect(parts.includes(`file ${sha256} ${wheel.length}\n`)).toBe(true);
  });

  test.each([
    ["has none of them", "echo 0123"],
    ["is older, and can't list them", "echo Usage: >&2; exit 2"],
  ])("is uploaded as a whole if the server %s", async (_, files) => {
    serverWith(files);
    expect((await install()).code).toBe(0);
    const { id, at } = unpacked();
    expect(computer.calls.at(-1)).toBe(`install ${id}`);
    expect(readFileSync(at("signals-1.0-py3-none-any.whl")).equals(wheel)).toBe(true);
  });
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

test("an installed program isn't uploaded again", async () => {
  const id = await idOf();
  rmSync(sent);
  computer.addServerProgram("readlink", `echo releases/${id}`);
  const { code, stdout } = await install();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Release [0-9a-f]{12} is already installed; nothing was done\./);
  expect(existsSync(sent)).toBe(false);
});

test("with --refresh, it is uploaded again as another release, which gets its packages again", async () => {
  write("requirements.txt", "ccxt\n");
  const id = await idOf();
  computer.addServerProgram("readlink", `echo releases/${id}`);
  expect((await install("--refresh", folder)).code).toBe(0);
  const refreshed = unpacked();
  expect(refreshed.id).not.toBe(id);
  expect(refreshed.files).toEqual([".packages-refreshed", "bot.py", "requirements.txt"]);
  expect(existsSync(join(folder, ".packages-refreshed"))).toBe(false);
});

test("--refresh is refused without requirements.txt", async () => {
  const { code, stderr } = await install("--refresh", folder);
  expect(code).toBe(2);
  expect(stderr).toContain("--refresh is for the packages of requirements.txt");
  expect(existsSync(sent)).toBe(false);
});

test("a link within the folder may climb", async () => {
  write("strategies/one.py", "one");
  write("shared/two.py", "two");
  symlinkSync("../shared/two.py", join(folder, "strategies/two.py"));
  expect((await install()).code).toBe(0);
  expect(readFileSync(unpacked().at("strategies/two.py"), "utf8")).toBe("two");
});

test("files keep their executable bit, and links stay links", async () => {
  write("run.sh", "#!/bin/sh\necho runs\n");
  execFileSync("chmod", ["0700", join(folder, "run.sh")]);
  symlinkSync("run.sh", join(folder, "start"));
  await install();
  expect(execFileSync(unpacked().at("start")).toString()).toBe("runs\n");
});

test("a file with an unusual name is uploaded like any other", async () => {
  write("@scope/ä b'\".txt", "content");
  await install();
  expect(readFileSync(unpacked().at("@scope/ä b'\".txt"), "utf8")).toBe("content");
});

describe("what is not uploaded", () => {
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

  test("outside of a repository, folders that are made again", async () => {
    for (const made of [".venv/x", "node_modules/x", "inner/__pycache__/x"]) {
      write(made, "");
    }
    await install();
    expect(unpacked().files).toEqual(["bot.py"]);
  });
});

describe("nothing is uploaded", () => {
  test.each([
    [
      "the secret in a file",
      (): void => {
        write("config/key.json", `{"secret":"${secret}"}`);
      },
      "config/key.json contains the API secret",
    ],
    [
      "the secret in base64",
      (): void => {
        write("key", Buffer.from(secret).toString("base64"));
      },
      "key contains the API secret",
    ],
    [
      "another secret of the bot",
      (): void => {
        write("config.json", `{"telegram": {"token": "${telegramToken}"}}`);
      },
      "config.json contains bot.secrets.TOKEN",
    ],
    [
      "the deploy key",
      (): void => {
        write("id", outputs.deployKey);
      },
      "id contains the SSH deploy key",
    ],
    [
      "a link to a place outside",
      (): void => {
        symlinkSync("../../etc/passwd", join(folder, "link"));
      },
      "link is a link to a place outside",
    ],
    [
      "a link to a folder beside it",
      (): void => {
        symlinkSync("../other-bot", join(folder, "link"));
      },
      "link is a link to a place outside",
    ],
    [
      "an absolute link",
      (): void => {
        symlinkSync("/etc/passwd", join(folder, "link"));
      },
      "link is a link to a place outside",
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

  test("if the argument isn't one folder", async () => {
    expect(await install(join(folder, "bot.py"))).toMatchObject({ code: 2 });
    expect(await install(join(folder, "missing"))).toMatchObject({ code: 2 });
    expect(await install("--list", folder)).toMatchObject({ code: 2 });
  });
});

describe("a program that doesn't work with the stack's settings", () => {
  const botSettings = {
    command: ["{program}/.venv/bin/freqtrade", "trade", "--config", "{program}/config.json"],
    environment: {},
    profile: "strict",
    executableTmp: false,
    packages: [],
    hosts: ["a.example.net"],
  };
  const configured = new OperatorComputer({ ...outputs, botSettings });
  configured.addServerProgram("uname", "echo x86_64");
  configured.addServerProgram("readlink", "exit 1");
  configured.addServerProgram("trading-bot-program", 'cat > "$FOLDER/sent"; echo done');

  beforeEach(() => {
    write("requirements.txt", "freqtrade\nnumba\n");
    write("config.json", '{"telegram": {"enabled": true}}');
  });

  afterAll(() => {
    configured.remove();
  });

  test("isn't uploaded, and the message has the commands that change them", async () => {
    const { code, stderr } = await configured.run("install-bot.ts", ["--stack", "prod", folder], {
      settings,
    });
    expect(code).toBe(2);
    expect(stderr).toContain("Nothing was uploaded.");
    expect(stderr).toContain("pulumi config set --path bot.profile jit --stack prod\n");
    expect(stderr).toContain("bot.hosts 'a.example.net,api.telegram.org' --stack prod\n");
    expect(existsSync(join(configured.folder, "sent"))).toBe(false);
  });

  test("is uploaded with --skip-checks, with a warning", async () => {
    const { code, stderr } = await configured.run("install-bot.ts", ["--skip-checks", folder], { settings });
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining("Warning: something in the program may not work"),
    ]);
    expect(existsSync(join(configured.folder, "sent"))).toBe(true);
  });
});

test("a .env that git doesn't ignore gets a warning", async () => {
  write(".env", "TOKEN=1");
  write(".env.example", "TOKEN=");
  const { code, stderr } = await install();
  expect(code).toBe(0);
  expect(stderr.match(/Warning: \.env\S*/g)).toEqual(["Warning: .env"]);
});

test("a Node.js program gets the packages that its lock file names, and no others", async () => {
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

test("a Node.js program without a lock file gets a warning", async () => {
  write("package.json", JSON.stringify({ dependencies: { ccxt: "4" } }));
  expect((await install()).stderr).toContain("no package-lock.json");
});

test("if the server refuses, its reason and its exit code are passed on", async () => {
  computer.addServerProgram(
    "trading-bot-program",
    "cat > /dev/null; echo the bot did not run with it >&2; exit 1",
  );
  const { code, stdout, stderr } = await install();
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("the bot did not run with it");
});

test("what a package's build prints can't control the terminal", async () => {
  computer.addServerProgram(
    "trading-bot-program",
    "cat > /dev/null; printf 'building \\033[2J\\033]52;c;cm0=\\007\\rinstalled\\n' | tee /dev/stderr; exit 1",
  );
  const { stdout, stderr } = await install();
  expect(stdout).toBe("building \ufffd[2J\ufffd]52;c;cm0=\ufffd\ninstalled\n");
  expect(stderr).not.toMatch(unprintable);
});

test("--list runs the server's list", async () => {
  const { code, stdout } = await install("--list");
  expect([code, stdout]).toEqual([0, "done\n"]);
  expect(computer.calls.at(-1)).toBe("list");
});

test("--without-copy lets the server install the program without a copy of the state", async () => {
  expect((await install("--without-copy", folder)).code).toBe(0);
  expect(computer.calls.at(-1)).toMatch(/^install [0-9a-f]{12} without-copy$/);
});

describe("--roll-back", () => {
  const made = new Date(Date.now() - 3 * 3_600_000 - 60_000);
  const copy = { made: made.toISOString(), bytes: 3 * 2 ** 20, notes: [] };

  /** What the server says, and what freqtrade's database there has. */
  function server(plan: object, trades: object[] | null = null): void {
    const complete = { current: "b".repeat(12), previous: "a".repeat(12), unfinished: false, ...plan };
    computer.addServerProgram(
      "trading-bot-program",
      `echo "$*" >> "$FOLDER/calls"; [ "$1" = plan-roll-back ] && echo '${JSON.stringify(complete)}' || echo done`,
    );
    computer.addServerProgram("state-copy", `[ "$1" = trades ] && echo '${JSON.stringify({ trades })}'`);
  }

  const time = (hours: number) =>
    new Date(Date.now() - hours * 3_600_000).toISOString().replace("T", " ").replace("Z", "000");

  test("shows the copy and the trades since then, and restores the state that was chosen", async () => {
    server({ copy }, [
      { id: 4, pair: "BTC/USDT", is_short: 0, amount: 0.5, open_rate: 60_000, open_date: time(2) },
      { id: 3, pair: "ETH/USDT", amount: 2, open_date: time(9), close_rate: 3000, close_date: time(1) },
      { id: 2, pair: "XRP/USDT", amount: 2, open_date: time(9), close_date: time(8) },
    ]);
    const { code, stdout, stderr } = await install("--roll-back", "--state", "copy", "--yes");
    expect(code).toBe(0);
    expect(stdout).toMatch(/The previous program is a{12}\. .* UTC, 3 hours ago, 3\.0 MiB\.\n/);
    expect(stdout).toContain("freqtrade has opened or closed 2 trades.");
    expect(stdout).toMatch(/- BTC\/USDT: long 0\.5, opened .* UTC at 60000, still open\n/);
    expect(stdout).toMatch(/- ETH\/USDT: .*, closed .* UTC at 3000, which is open in the copy\n/);
    expect(stdout).not.toContain("XRP");
    // This test has no Binance.
    expect(stderr).toContain("could not be read");
    expect(computer.calls.at(-1)).toBe("roll-back copy");
  });

  test("reports that the trades of the bot can't be listed, and keeps the state if that was chosen", async () => {
    server({ copy });
    const { code, stdout } = await install("--roll-back", "--state=current", "--yes");
    expect(code).toBe(0);
    expect(stdout).toContain("What the bot has traded since then can't be listed.");
    expect(computer.calls.at(-1)).toBe("roll-back current");
  });

  test("changes nothing without a choice and a terminal", async () => {
    server({ copy }, []);
    const { code, stdout, stderr } = await install("--roll-back", "--yes");
    expect(code).toBe(2);
    expect(stdout).toContain("freqtrade has opened and closed no trade since then");
    expect(stderr).toContain("--state copy or --state current");
    expect((await install("--roll-back", "--state", "copy")).stderr).toContain("must be confirmed");
    expect(computer.calls.filter((call) => call.startsWith("roll-back"))).toEqual([]);
  });

  test.each([
    ["copy", "roll-back copy"],
    ["current", "roll-back current"],
    ["yes", undefined],
  ])("asks for the state in a terminal: %s", async (type, call) => {
    server({ copy }, []);
    const { code, screen } = await computer.runInTerminal("install-bot.ts", ["--roll-back"], {
      settings,
      at: "Type copy or current: ",
      type: `${type}\r`,
    });
    expect(code).toBe(call === undefined ? 1 : 0);
    expect(screen.includes("Nothing was changed.")).toBe(call === undefined);
    expect(computer.calls.findLast((one) => one.startsWith("roll-back"))).toBe(call);
  });

  test("doesn't ask without a copy, because the state stays", async () => {
    server({ copy: null });
    const { code, stderr } = await install("--roll-back");
    expect(code).toBe(0);
    expect(stderr).toContain("There is no copy of the state that aaaaaaaaaaaa has left: the state stays.");
    expect(computer.calls.at(-1)).toBe("roll-back");
    const refused = await install("--roll-back", "--state", "copy", "--yes");
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("Nothing was changed.")]);
  });

  test.each([
    ["an interrupted one is finished", { copy, unfinished: true }],
    ["without a previous program, the server gives the reason", { copy, previous: null }],
  ])("%s", async (_, plan) => {
    server(plan);
    expect((await install("--roll-back")).code).toBe(0);
    expect(computer.calls.at(-1)).toBe("roll-back");
  });

  test("works with a server of an older version", async () => {
    computer.addServerProgram(
      "trading-bot-program",
      'echo "$*" >> "$FOLDER/calls"; [ "$1" = roll-back ] || exit 2',
    );
    expect((await install("--roll-back")).code).toBe(0);
    expect(computer.calls.at(-1)).toBe("roll-back");
  });

  test("its options are refused elsewhere, as is an unknown state", async () => {
    for (const args of [
      ["--state", "copy", folder],
      ["--yes", folder],
      ["--roll-back", "--state", "other"],
    ]) {
      expect((await install(...args)).code).toBe(2);
    }
  });
});
