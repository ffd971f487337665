import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { attempt, exitCode, run as runToEnd } from "../../command.ts";
import { foldersOfThisRun } from "../../run-folders.ts";
import { until } from "../../until.ts";

// A sandbox inside the sandbox. To the inner one, this one is the host. No other process runs on this host, so
// whatever is left behind is the inner sandbox's.

const folders = foldersOfThisRun();
const sandbox = join(import.meta.dirname, "../..");
// What is downloaded or built is that of the run that this test is in. The rest of the inner cache is its own.
const disk = realpathSync(folders.disks);
const cache = join(disk, "cache/trading-bot-server");
const shared = dirname(dirname(realpathSync(folders.image)));
mkdirSync(join(cache, "runs"), { recursive: true });
for (const name of ["images", "python-index", "toolchain"]) {
  symlinkSync(join(shared, name), join(cache, name));
}
// Not below /run, which each run has to itself.
const project = join(disk, "small-project");
mkdirSync(project);
writeFileSync(join(project, "Pulumi.yaml"), "name: small\nruntime: nodejs\n");
// Processes don't inherit the environment that Jest gives a test.
const start = ["env", `XDG_CACHE_HOME=${dirname(cache)}`, "bash", join(sandbox, "run.sh")] as const;
const run = [...start, "--project", project] as const;
const seen = new Set<string>();
const before = traces();
const started: ChildProcessWithoutNullStreams[] = [];

afterEach(async () => {
  for (const child of started) {
    child.kill("SIGKILL");
  }
  // What the kernel was still ending when a run ended, the next start removes.
  await until(async () => isClean() || ((await attempt([...run, "exec", "true"])).code === 0 && isClean()));
});

test("the command's output is the only output, and its exit code is the exit code", async () => {
  const outcome = await attempt([...run, "exec", "sh", "-c", "cat; exit 7"], { stdin: "what was typed" });
  expect(outcome).toEqual({ code: 7, stdout: "what was typed", stderr: "" });
});

test("a command that a signal ends has an exit code of 128 plus the signal's number", async () => {
  expect((await attempt([...run, "exec", "sh", "-c", "kill -KILL $$"])).code).toBe(137);
});

test("a command that doesn't exist ends with exit code 127", async () => {
  expect((await attempt([...run, "exec", "no-such-command"])).code).toBe(127);
});

test("`shell` runs a command in a copy of the project", async () => {
  const { stdout } = await attempt([...run, "shell", "sh", "-c", "pwd; ls; echo changed >Pulumi.yaml"]);
  expect(stdout).toMatch(/^\/run\/sandbox\/project\n/);
  expect(stdout).toContain("Pulumi.yaml\n");
  expect(readFileSync(join(project, "Pulumi.yaml"), "utf8")).toMatch(/^name: small$/m);
});

test("the copy has what git doesn't ignore", async () => {
  const inGit = join(disk, "project-in-git");
  mkdirSync(inGit);
  for (const [file, content] of Object.entries({
    "Pulumi.yaml": "name: small\nruntime: nodejs\n",
    "not yet added": "",
    "secret.env": "",
    ".gitignore": "*.env\n",
  })) {
    writeFileSync(join(inGit, file), content);
  }
  const git = ["git", "-C", inGit];
  await runToEnd(["env", ...git, "init", "--quiet"]);
  await runToEnd(["env", ...git, "add", "Pulumi.yaml", ".gitignore"]);
  // As after `sudo`: the checkout belongs to a person, and git would refuse to read it as root.
  await runToEnd(["chown", "-R", "1000:1000", inGit]);
  const { stdout } = await attempt([...start, "--project", inGit, "shell", "ls", "-A"]);
  expect(stdout.trim().split("\n").sort()).toEqual([".gitignore", "Pulumi.yaml", "not yet added"]);
});

test("of the host's environment, only what describes the terminal gets in", async () => {
  const secrets = ["HTTPS_PROXY=http://proxy.example", "SSH_AUTH_SOCK=/tmp/agent"];
  const { stdout } = await attempt(["env", ...secrets, ...run, "exec", "env"]);
  expect(stdout).not.toMatch(/proxy|SSH_AUTH_SOCK/i);
  expect(stdout).toMatch(/^HCLOUD_TOKEN=\w{64}$/m);
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s reaches the command, which decides what it means",
  async (signal) => {
    const child = begin(
      "exec",
      "bash",
      "-c",
      "trap 'exit 5' TERM INT HUP; echo ready; while :; do read -t 1 <> <(:); done",
    );
    await prints(child, "ready");
    child.kill(signal);
    expect(await exitCode(child)).toBe(5);
  },
);

test.each([
  { moment: "its folder is there", condition: () => traces().runs.length > before.runs.length },
  {
    moment: "its first program starts",
    condition: () => traces().processes.some((line) => line.includes("main.ts")),
  },
  {
    moment: "its name server runs",
    condition: () => traces().processes.filter((line) => line.startsWith("dnsmasq")).length > 1,
  },
])("SIGKILL as soon as $moment leaves nothing", async ({ condition }) => {
  const child = begin("exec", "true");
  await until(() => condition() || child.exitCode !== null);
  child.kill("SIGKILL");
  await removedByNextStart();
});

test("SIGKILL while a machine runs and has a volume mounted leaves nothing", async () => {
  const child = begin("exec", "node", "--eval", bootAndWait);
  await prints(child, "booted");
  expect(traces().loopDevices).toHaveLength(1);
  expect(traces().processes.some((line) => line.includes("systemd-nspawn"))).toBe(true);
  child.kill("SIGKILL");
  await removedByNextStart();
});

test("two runs at once are separate", async () => {
  const [one, two] = [begin("exec", "cat"), begin("exec", "cat")];
  const exits = [exitCode(one), exitCode(two)];
  const same = "the same addresses, at the same time";
  const echoes = [prints(one, same), prints(two, same)];
  one.stdin.write(`${same}\n`);
  two.stdin.write(`${same}\n`);
  await Promise.all(echoes);
  one.stdin.end();
  two.stdin.end();
  expect(await Promise.all(exits)).toEqual([0, 0]);
});

test("a terminal works: job control, and Ctrl-C for the command only", async () => {
  const line = [...run, "shell"].join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"]);
  started.push(child);
  const code = exitCode(child);
  await prints(child, "# ");
  await answers(child, `sh -c 'echo re""ady; exec sleep infinity'\n`, "ready\r\n");
  await answers(child, "\u0003", "# ");
  await answers(child, "echo code $?; sleep infinity &\n", "code 130");
  child.stdin.write("kill %1; exit 9\n");
  expect(await code).toBe(9);
});

test.each([
  { why: "an unknown verb", command: [...run, "dance"], message: "unknown verb or option 'dance'" },
  { why: "an unknown option", command: [...run, "--dance"], message: "unknown verb or option '--dance'" },
  { why: "exec without a command", command: [...run, "exec"], message: "exec needs a command" },
  {
    why: "a project that doesn't exist",
    command: [...start, "--project", "/no/such/folder", "shell"],
    message: "--project needs a path that exists",
  },
  {
    why: "a shell without a project",
    command: [...start, "--project", "/etc", "shell"],
    message: "/etc isn't a Pulumi project",
  },
  {
    why: "no root",
    command: ["setpriv", "--reuid=65534", "--clear-groups", ...start, "exec", "true"],
    message: "needs root",
  },
] as const)("$why: a sentence, and exit code 2", async ({ command, message }) => {
  const { code, stdout, stderr } = await attempt(command);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr.split("\n").every((line) => line === "" || line.startsWith("sandbox: "))).toBe(true);
});

test("--help lists the verbs", async () => {
  const { code, stdout } = await attempt([...run, "--help"]);
  expect(code).toBe(0);
  for (const verb of ["shell", "exec", "prepare"]) {
    expect(stdout).toMatch(new RegExp(`^  ${verb}\\b`, "m"));
  }
});

const bootAndWait = `
  import("${sandbox}/machines/nspawn-data-centre.ts").then(async ({ NspawnDataCentre }) => {
    const { foldersOfThisRun } = await import("${sandbox}/run-folders.ts");
    const order = { id: 1, name: "bot", image: "debian-13", userData: "", sshKeys: [], ipv4: "203.0.113.9" };
    const { runInMachine } = await import("${sandbox}/machines/inspect.ts");
    const dataCentre = new NspawnDataCentre({ folders: foldersOfThisRun() });
    await dataCentre.create(order);
    await dataCentre.createVolume({ id: 2, gigabytes: 10, format: "ext4" });
    await dataCentre.attachVolume(2, 1);
    await runInMachine(1, ["mount", "/dev/disk/by-id/scsi-0HC_Volume_2", "/mnt"]);
    console.log("booted");
  });
`;

function begin(...args: string[]): ChildProcessWithoutNullStreams {
  const [program, ...rest] = run;
  const child = spawn(program, [...rest, ...args]);
  started.push(child);
  return child;
}

/** Types something into a terminal, and waits for the answer. */
async function answers(child: ChildProcessWithoutNullStreams, typed: string, text: string): Promise<void> {
  const answer = prints(child, text);
  child.stdin.write(typed);
  await answer;
}

/** Resolves when a process has printed a text. */
function prints(child: ChildProcessWithoutNullStreams, text: string): Promise<void> {
  let seen = "";
  return new Promise((resolve, reject) => {
    child.stdout.on("data", (data: Buffer) => {
      seen += data.toString();
      if (seen.includes(text)) {
        resolve();
      }
    });
    child.once("close", () => {
      reject(new Error(`it ended without printing "${text}". Its output: ${seen}`));
    });
  });
}

/** After a SIGKILL the folder and the cgroup are still there; the next start removes them. */
async function removedByNextStart(): Promise<void> {
  await until(() => traces().processes.join() === before.processes.join());
  expect((await attempt([...run, "exec", "true"])).code).toBe(0);
}

function isClean(): boolean {
  return JSON.stringify(traces()) === JSON.stringify(before);
}

/** Everything that a run could leave behind. */
function traces() {
  const runs = readdirSync(join(cache, "runs"));
  for (const name of runs) {
    seen.add(name);
  }
  return {
    processes: readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && name !== "1")
      .map(commandLineOf)
      .filter((line) => /run\.sh|main\.ts|unshare|nspawn|tini|dnsmasq|systemd/.test(line)),
    mounts: readFileSync("/proc/self/mounts", "utf8"),
    namespaces: readdirSync("/run/netns"),
    runs,
    cgroups: cgroups(),
    loopDevices: loopDevices(),
  };
}

/** The files of the runs' volumes that the kernel still has open. Other runs on this computer have their own. */
function loopDevices(): string[] {
  return readdirSync("/sys/block")
    .map((name) => `/sys/block/${name}/loop/backing_file`)
    .filter((file) => existsSync(file))
    .map(contentOf)
    .filter((file) => [...seen].some((name) => file.includes(name)));
}

function commandLineOf(pid: string): string {
  return contentOf(`/proc/${pid}/cmdline`).split("\0").join(" ");
}

/** A file's content, or nothing if it vanishes meanwhile. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (existsSync(file)) {
      throw error;
    }
    return "";
  }
}

function cgroups(): string[] {
  const root = "/sys/fs/cgroup";
  return [root, ...readdirSync(root).map((name) => join(root, name))]
    .filter((folder) => existsSync(join(folder, "cgroup.procs")))
    .flatMap((folder) => readdirSync(folder))
    .filter((name) => seen.has(name.replace("trading-bot-sandbox-", "")));
}
