import { execFile as execFileCallback } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runInMachine } from "../../sandbox/machines/inspect.ts";
import { NspawnDataCentre } from "../../sandbox/machines/nspawn-data-centre.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";

// The test's own machine, with the real tools and units. Only the bot's unit is another: it needs no key.

const rootfs = join(import.meta.dirname, "../../server/rootfs");
const execFile = promisify(execFileCallback);
const dataCentre = new NspawnDataCentre({ folders: foldersOfThisRun() });
const id = 900_021;
const unit = `[Service]
User=trading-bot
ExecStart=/opt/trading-bot/current/run
Restart=on-failure
RestartSec=60
[Install]
WantedBy=multi-user.target
`;

/** Builds a wheel without tools: a module, and a command that contains the environment's path. */
const makeWheel = `
import zipfile
def build_wheel(folder, *_):
    name = "signals-1.0.dist-info/"
    files = {
        "signals.py": "def main():\\n    print('a signal from the wheel')\\n",
        name + "METADATA": "Metadata-Version: 2.1\\nName: signals\\nVersion: 1.0\\n",
        name + "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        name + "entry_points.txt": "[console_scripts]\\nsignals = signals:main\\n",
    }
    files[name + "RECORD"] = "".join(f"{file},,\\n" for file in [*files, name + "RECORD"])
    with zipfile.ZipFile(folder + "/signals-1.0-py3-none-any.whl", "w") as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return "signals-1.0-py3-none-any.whl"
`;

/** What a package runs when it is built: it looks for what it must not see. */
const lookAround = `
import subprocess
open("seen", "w").write(subprocess.getoutput("""
  id --user --name
  ls /opt/trading-bot/releases | wc --lines
  for place in /etc/credstore.encrypted /var/lib/trading-bot /var/log /etc/ssh; do
    ls $place >/dev/null 2>&1 && echo sees $place
  done
  for place in /etc /usr /opt/trading-bot /opt/trading-bot/releases /home /root; do
    touch $place/left 2>/dev/null && echo writes $place
  done
  sudo --non-interactive true 2>/dev/null && echo is root
"""))
`;

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
  await inside("find /etc/systemd/system/trading-bot.service.d -type f ! -name '[45]0-*.conf' -delete");
  await inside(
    "cd /etc/systemd/system && for unit in trading-bot-prepare@ trading-bot-unpack@; do cp trading-bot.service.d/40-* $unit.service.d; done",
  );
  await place("/etc/systemd/system/trading-bot.service", "0644", unit);
  await inside("systemd-sysusers && systemctl daemon-reload && systemctl enable trading-bot");
  await inside("mkdir -p /etc/trading-bot /etc/credstore.encrypted /var/lib/trading-bot");
  await inside(
    "touch /etc/trading-bot/bot.json /etc/credstore.encrypted/binance; chmod 0700 /var/lib/trading-bot",
  );
});

afterAll(() => dataCentre.delete(id));

test("a Python program runs in an environment with what its requirements name", async () => {
  await place("/root/python/make.py", "0644", `${makeWheel}\nbuild_wheel(".")`);
  await inside("cd /root/python && python3 make.py && rm make.py");
  await place("/root/python/requirements.txt", "0644", "./signals-1.0-py3-none-any.whl\n");
  await place(
    "/root/python/run",
    "0755",
    "#!/bin/sh\n/opt/trading-bot/current/.venv/bin/signals\nexec sleep infinity\n",
  );
  expect(await install("python")).toMatch(/is installed, and the bot runs with it/);
  expect(await inside("journalctl --unit=trading-bot --output=cat")).toContain("a signal from the wheel");
});

test("the bot can read its program and not change it, and others can't read it", async () => {
  const release = "/opt/trading-bot/current/run";
  const as = (user: string, what: string) =>
    inside(`setpriv --reuid=${user} --regid=${user} --clear-groups ${what}`);
  expect(await as("trading-bot", `cat ${release}`)).toContain("signals");
  await expect(as("trading-bot", `touch ${release}`)).rejects.toThrow("Permission denied");
  await expect(as("trading-bot-guard", `cat ${release}`)).rejects.toThrow("Permission denied");
});

test("what a program's packages run at their installation sees no key, no state and no other release", async () => {
  await place("/root/curious/backend.py", "0644", makeWheel + lookAround);
  const build = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';
  await place("/root/curious/pyproject.toml", "0644", build);
  await place("/root/curious/requirements.txt", "0644", ".\n");
  await place("/root/curious/run", "0755", "#!/bin/sh\nexec sleep infinity\n");
  await install("curious");
  expect(await inside("cat /opt/trading-bot/current/seen")).toBe("trading-bot-installer\n1");
});

test("a program that doesn't run is replaced by the previous one", async () => {
  await place("/root/broken/run", "0755", "#!/bin/sh\nexit 3\n");
  const before = await inside("readlink /opt/trading-bot/current");
  await expect(install("broken")).rejects.toThrow("and the bot runs with it again");
  expect(await inside("readlink /opt/trading-bot/current; systemctl is-active trading-bot")).toBe(
    `${before.trim()}\nactive\n`,
  );
});

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
