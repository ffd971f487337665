import { execFile as execFileCallback } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { copyUnit, installerUnits } from "../../components/unit-sandbox.ts";
import { runInMachine } from "../../sandbox/machines/inspect.ts";
import { NspawnDataCentre } from "../../sandbox/machines/nspawn-data-centre.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";

// The test's own machine, with the real tools and units. Only the bot's unit is another: it needs no key.

const rootfs = join(import.meta.dirname, "../../server/rootfs");
const execFile = promisify(execFileCallback);
const folders = foldersOfThisRun();
const dataCentre = new NspawnDataCentre({ folders });
const id = 900_021;
const unit = `[Service]
User=trading-bot
ExecStart=/usr/local/lib/trading-bot-server/bot-init /opt/trading-bot/current/run
Restart=on-failure
RestartSec=60
[Install]
WantedBy=multi-user.target
`;

/** The Python code of the programs and packages here. */
const programs = join(import.meta.dirname, "programs");
const sleeping = "#!/bin/sh\nexec sleep infinity\n";
const buildSystem = (backend: string) =>
  `[build-system]\nrequires = []\nbuild-backend = "${backend}"\nbackend-path = ["."]\n`;

beforeAll(async () => {
  await dataCentre.create({
    id,
    name: `bot-${id}`,
    image: "debian-13",
    userData: "#cloud-config\n{}\n",
    sshKeys: [],
    ipv4: "203.0.113.221",
  });
  await inside("cloud-init status --wait");
  await inside("apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y python3-venv");
  await copyRootfs("etc/sysusers.d", "etc/systemd/system", "usr/local");
  // Without a key, no guard has to check it.
  const kept = "-name '[45]0-*.conf' -o -name without-key.conf";
  await inside(`find /etc/systemd/system/trading-bot.service.d -type f ! \\( ${kept} \\) -delete`);
  for (const unit of installerUnits) {
    await inside(
      `cd /etc/systemd/system && cp --update=none trading-bot-unpack@.service.d/10-* trading-bot.service.d/40-* ${unit}.d/`,
    );
  }
  await inside(
    `cd /etc/systemd/system && mkdir -p ${copyUnit}.d && cp trading-bot.service.d/40-* ${copyUnit}.d/`,
  );
  await place("/etc/systemd/system/trading-bot.service", "0644", unit);
  await inside("systemd-sysusers && systemctl daemon-reload && systemctl enable trading-bot");
  await inside("mkdir -p /etc/trading-bot /etc/credstore.encrypted /var/lib/trading-bot");
  await inside(
    "touch /etc/trading-bot/bot.json /etc/credstore.encrypted/binance; install -d -m 0700 -o trading-bot -g trading-bot /var/lib/trading-bot",
  );
});

afterAll(() => dataCentre.delete(id));

test("a Python program runs in an environment with what its requirements name", async () => {
  const wheel = "/root/python/signals-1.0-py3-none-any.whl";
  await inside(
    `mkdir -p /root/python && base64 --decode > ${wheel}`,
    await readFile(await makeWheel("signals"), "base64"),
  );
  await place("/root/python/requirements.txt", "0644", "./signals-1.0-py3-none-any.whl\n");
  await place(
    "/root/python/run",
    "0755",
    "#!/bin/sh\n/opt/trading-bot/current/.venv/bin/signals\nexec sleep infinity\n",
  );
  expect(await install("python")).toMatch(/is installed, and the bot runs with it/);
  expect(await inside("journalctl --unit=trading-bot --output=cat")).toContain("a signal from the wheel");
});

test("a program with another file and the same requirements uses the packages that are there", async () => {
  const packages = () => inside("readlink --canonicalize /opt/trading-bot/current/.venv");
  const before = await packages();
  await place("/root/python/strategy.py", "0644", "");
  expect(await install("python")).toMatch(/is installed, and the bot runs with it/);
  expect(await inside("ls /opt/trading-bot/current")).toContain("strategy.py");
  expect(await packages()).toBe(before);
  expect(before).toMatch(/^\/opt\/trading-bot\/packages\/[0-9a-f]{12}\/venv\n$/);
});

test("the bot can read its program and its packages and not change them, and others can't read them", async () => {
  const release = "/opt/trading-bot/current/run";
  const environment = "/opt/trading-bot/current/.venv/pyvenv.cfg";
  const as = (user: string, what: string) =>
    inside(`setpriv --reuid=${user} --regid=${user} --clear-groups ${what}`);
  expect(await as("trading-bot", `cat ${release}`)).toContain("signals");
  await expect(as("trading-bot", `touch ${release}`)).rejects.toThrow("Permission denied");
  await expect(as("trading-bot-guard", `cat ${release}`)).rejects.toThrow("Permission denied");
  expect(await as("trading-bot", `cat ${environment}`)).toContain("version");
  await expect(as("trading-bot", `touch ${environment}`)).rejects.toThrow("Permission denied");
  await expect(as("trading-bot-guard", `cat ${environment}`)).rejects.toThrow("Permission denied");
});

test("code of the program that is run at its installation sees no key, no state, no network, no other release", async () => {
  await copyPrograms("curious", "curious_backend.py", "look_around.py", "wheels.py");
  await place("/root/curious/pyproject.toml", "0644", buildSystem("curious_backend"));
  await place("/root/curious/requirements.txt", "0644", ".\n");
  await place("/root/curious/run", "0755", sleeping);
  await install("curious");
  const uid = (await inside("id --user trading-bot-installer")).trim();
  expect(await inside("cat /opt/trading-bot/current/seen")).toBe(`uid ${uid}\n1 release`);
});

test("a source archive of PyPI, which says by code what it requires, is fetched and then built offline", async () => {
  const hash = "73977fc746b36cc41184dd43c3fe81323e7b8b06c2bb0826c4f59a20c56bb9f1";
  await place("/root/sdnotify/requirements.txt", "0644", `sdnotify==0.3.2 --hash=sha256:${hash}\n`);
  await place("/root/sdnotify/run", "0755", sleeping);
  await install("sdnotify");
  expect(await inside("/opt/trading-bot/current/.venv/bin/python -c 'import sdnotify; print(1)'")).toBe(
    "1\n",
  );
});

test("a hostile package and a tampered bot reach neither each other nor the internet", async () => {
  await copyFile(await makeWheel("signals"), join(folders.pythonPackages, "signals-1.0-py3-none-any.whl"));
  await addHostilePackage();
  await copyPrograms("tampered", "tampered_bot.py", "look_around.py");
  await place(
    "/root/tampered/run",
    "0755",
    "#!/bin/sh\nexec python3 /opt/trading-bot/current/tampered_bot.py\n",
  );
  await install("tampered");
  await printed("the tampered bot runs");

  await place("/root/hostile/requirements.txt", "0644", "hostile==1.0\n");
  await place("/root/hostile/run", "0755", sleeping);
  const installation = install("hostile");
  await Promise.race([
    installation,
    inside("while [ ! -e /opt/trading-bot/staging/built/listens ]; do sleep 0.1; done"),
  ]);
  await inside("systemctl kill --signal=USR1 trading-bot");
  expect(await printed("tried:")).toBe("tried:\n");
  await inside("touch /opt/trading-bot/staging/built/tried");
  await installation;
  const seen = "/opt/trading-bot/current/.venv/lib/python3.13/site-packages/hostile-seen";
  expect(await inside(`cat ${seen}`)).toBe("was built");
});

test("the step that has a network sees what requirements.txt lists, and nothing of the program", async () => {
  const staging = "/opt/trading-bot/staging";
  const dropIn = "/run/systemd/system/trading-bot-fetch.service.d/99-test.conf";
  await inside(`mkdir -p ${staging}/{tree,requirements,fetched,built} && mkfifo ${staging}/output`);
  await inside(`echo secret > ${staging}/tree/secret; echo listed > ${staging}/requirements/listed`);
  const look = "find /opt/trading-bot /var/lib/trading-bot /etc/credstore.encrypted -type f 2>/dev/null";
  await place(dropIn, "0644", `[Service]\nExecStart=\nExecStart=-/bin/sh -c '${look}'\n`);
  try {
    await inside("systemctl daemon-reload");
    expect(await inside(`cat ${staging}/output & systemctl start trading-bot-fetch; wait`)).toBe(
      "/opt/trading-bot/requirements/listed\n",
    );
  } finally {
    await inside(`rm -r ${dropIn} ${staging} && systemctl daemon-reload`);
  }
});

test("a program that doesn't run is replaced by the previous one", async () => {
  await place("/root/broken/run", "0755", "#!/bin/sh\nexit 3\n");
  const before = await inside("readlink /opt/trading-bot/current");
  await expect(install("broken")).rejects.toThrow("and the bot runs with it again");
  expect(await inside("readlink /opt/trading-bot/current; systemctl is-active trading-bot")).toBe(
    `${before.trim()}\nactive\n`,
  );
});

describe("a bot that counts in SQLite, and whose next version changes the schema", () => {
  const versions = { counts: "", migrates: "migrate", fails: "migrate fail" };
  const state = "/var/lib/trading-bot/count.sqlite";
  const query = (text: string) =>
    inside(
      "python3 -",
      `import sqlite3; print(*sqlite3.connect("${state}", timeout=30).execute("${text}").fetchone())`,
    );
  const counted = async () => Number(await query("SELECT count(*) FROM counts"));
  const columns = async () => Number(await query("SELECT count(*) FROM pragma_table_info('counts')"));
  const copies = "/var/lib/trading-bot-server/copies";

  beforeAll(async () => {
    for (const [version, args] of Object.entries(versions)) {
      await copyPrograms(version, "counting_bot.py");
      const program = "/opt/trading-bot/current/counting_bot.py";
      await place(`/root/${version}/run`, "0755", `#!/bin/sh\nexec python3 ${program} ${args}\n`);
    }
  });

  test("has its count and its schema again if the next version fails", async () => {
    await install("counts");
    await inside(`until [ -e ${state} ]; do sleep 0.1; done`);
    const before = await counted();
    await expect(install("fails")).rejects.toThrow(
      /is restored with its state \(.*\), and the bot runs with it again/,
    );
    expect(await counted()).toBeGreaterThan(before);
    expect(await columns()).toBe(1);
    expect(await inside(`stat --format=%U:%a ${state} /var/lib/trading-bot`)).toBe(
      "trading-bot:600\ntrading-bot:700\n",
    );
    expect(await inside(`ls ${copies}`)).toMatch(/^replaced-\S+$/m);
  });

  test("is copied while it runs, with what only a unit's sandbox could forbid", async () => {
    const asBot = "setpriv --reuid=trading-bot --regid=trading-bot --clear-groups";
    const folder = "/var/lib/trading-bot/more";
    await inside(
      `${asBot} sh -c 'mkdir ${folder}; cd ${folder}; mkfifo pipe; truncate -s 1T holes; echo x > one; ln one other; ln -s /etc/shadow link'`,
    );
    const process = () => inside("systemctl show -P MainPID trading-bot");
    const before = await process();
    const made: unknown = JSON.parse(await inside("state-copy make backup"));
    expect(made).toMatchObject({ path: `${copies}/backup/state`, databases: 1, notes: [] });
    expect(await process()).toBe(before);
    const copied = `${copies}/backup/state/more`;
    expect(await inside(`cd ${copied}; stat --format='%n %F %U %h' *; readlink link`)).toBe(
      [
        "holes regular file trading-bot 1",
        "link symbolic link trading-bot 1",
        "one regular file trading-bot 2",
        "other regular file trading-bot 2",
        "pipe fifo trading-bot 1",
        "/etc/shadow\n",
      ].join("\n"),
    );
    await inside(`state-copy remove backup; rm -r ${folder}`);
  });

  test("has the state that its first version has left after a roll-back with the copy", async () => {
    expect(await install("migrates")).toMatch(/is installed, and the bot runs with it/);
    expect(await columns()).toBe(2);
    await inside("trading-bot-program roll-back copy");
    expect(await columns()).toBe(1);
    expect(await counted()).toBeGreaterThan(0);
  });
});

/** Makes a wheel of this name on this computer; returns its path. */
async function makeWheel(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wheel-"));
  const code = `import wheels, sys; print(wheels.write_wheel(*sys.argv[1:]))`;
  const main = `def main():\n    print("a signal from the wheel")\n`;
  const { stdout } = await execFile("python3", ["-Bc", code, folder, name, main], { cwd: programs });
  return join(folder, stdout.trim());
}

/** Adds a source archive to the private internet's PyPI. */
async function addHostilePackage(): Promise<void> {
  const folder = join(await mkdtemp(join(tmpdir(), "hostile-")), "hostile-1.0");
  await mkdir(folder);
  for (const file of ["hostile_backend.py", "look_around.py", "wheels.py"]) {
    await copyFile(join(programs, file), join(folder, file));
  }
  await writeFile(join(folder, "pyproject.toml"), buildSystem("hostile_backend"));
  const archive = join(folders.pythonPackages, "hostile-1.0.tar.gz");
  await execFile("tar", [
    "--create",
    "--gzip",
    "--file",
    archive,
    "--directory",
    dirname(folder),
    "hostile-1.0",
  ]);
}

/** Copies files of programs/ to a program's folder in the machine. */
async function copyPrograms(program: string, ...files: string[]): Promise<void> {
  for (const file of files) {
    await place(`/root/${program}/${file}`, "0644", await readFile(join(programs, file), "utf8"));
  }
}

/** Waits until the bot has printed a line that starts like this; returns it. */
async function printed(start: string): Promise<string> {
  const journal = "journalctl --unit=trading-bot --output=cat --grep";
  return inside(`until ${journal} '^${start}' 2>/dev/null | tail -1 | grep .; do sleep 0.1; done`);
}

/** Copies folders of server/rootfs/ to the machine. */
async function copyRootfs(...folders: string[]): Promise<void> {
  const { stdout } = await execFile("tar", ["--create", "--directory", rootfs, ...folders], {
    encoding: "buffer",
    maxBuffer: 2 ** 26,
  });
  await inside("base64 --decode | tar --extract --directory=/ --no-same-owner", stdout.toString("base64"));
}

/** Runs a shell script as root; returns what it prints. */
async function inside(script: string, stdin = ""): Promise<string> {
  const { code, stdout, stderr } = await runInMachine(id, ["bash", "-c", script], { stdin });
  if (code !== 0) {
    throw new Error(`${script} failed (${code}): ${stderr || stdout}`);
  }
  return stdout;
}

async function place(path: string, mode: string, content: string): Promise<void> {
  await inside(`mkdir -p $(dirname ${path}) && cat > ${path} && chmod ${mode} ${path}`, content);
}

/** Packs a folder that belongs to root, as the operator's command would, and installs it. */
async function install(folder: string): Promise<string> {
  const archive = await inside(
    `tar --create --gzip --directory=/root/${folder} . | tee /root/archive | base64`,
  );
  const name = createHash("sha256")
    .update(gunzipSync(Buffer.from(archive, "base64")))
    .digest("hex")
    .slice(0, 12);
  return inside(`trading-bot-program install ${name} < /root/archive`);
}
