import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { attempt, exitCode } from "../../command.ts";
import { foldersOfThisRun } from "../../run-folders.ts";
import { until } from "../../until.ts";

// A sandbox inside the sandbox: to the inner one, this one is the host, and nobody else is on it who could
// leave something behind in the meantime.

const folders = foldersOfThisRun();
// Image and tools are those of the run that this is in; whatever else a run keeps is in a folder of its own.
const cache = join(realpathSync(folders.disks), "cache/trading-bot-server");
const shared = dirname(dirname(realpathSync(folders.image)));
mkdirSync(join(cache, "runs"), { recursive: true });
for (const name of ["images", "toolchain"]) {
  symlinkSync(join(shared, name), join(cache, name));
}
// Jest has an environment of its own, which processes don't inherit.
const run = ["env", `XDG_CACHE_HOME=${dirname(cache)}`, "bash", "sandbox/run.sh"] as const;
const seen = new Set<string>();
const before = traces();
const started: ChildProcessWithoutNullStreams[] = [];

afterEach(async () => {
  for (const child of started) {
    child.kill("SIGKILL");
  }
  await until(() => JSON.stringify(traces()) === JSON.stringify(before));
});

test("the command's output is the only output, and its exit code is the exit code", async () => {
  const outcome = await attempt([...run, "exec", "sh", "-c", "cat; exit 7"], { stdin: "what was typed" });
  expect(outcome).toEqual({ code: 7, stdout: "what was typed", stderr: "" });
});

test("a command that a signal ends gives 128 and the signal's number", async () => {
  expect((await attempt([...run, "exec", "sh", "-c", "kill -KILL $$"])).code).toBe(137);
});

test("a command that doesn't exist gives 127", async () => {
  expect((await attempt([...run, "exec", "no-such-command"])).code).toBe(127);
});

test("`shell` runs a command in a copy of the project", async () => {
  const { stdout } = await attempt([...run, "shell", "sh", "-c", "pwd; ls; id -un"]);
  expect(stdout).toMatch(/^\/run\/sandbox\/project\n/);
  expect(stdout).toContain("Pulumi.yaml\n");
});

test("nothing of the host's environment gets in but what describes the terminal", async () => {
  const secrets = ["HTTPS_PROXY=http://proxy.example", "SSH_AUTH_SOCK=/tmp/agent"];
  const { stdout } = await attempt(["env", ...secrets, ...run, "exec", "env"]);
  expect(stdout).not.toMatch(/proxy|SSH_AUTH_SOCK/i);
  expect(stdout).toMatch(/^HCLOUD_TOKEN=\w{64}$/m);
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s reaches the command, which decides what it means",
  async (signal) => {
    const child = start(
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
    moment: "its world begins",
    condition: () => traces().processes.some((line) => line.includes("main.ts")),
  },
  {
    moment: "its name server runs",
    condition: () => traces().processes.filter((line) => line.startsWith("dnsmasq")).length > 1,
  },
])("SIGKILL as soon as $moment leaves nothing", async ({ condition }) => {
  const child = start("exec", "true");
  await until(() => condition() || child.exitCode !== null);
  child.kill("SIGKILL");
  await removedByNextStart();
});

test("SIGKILL while a machine runs leaves nothing", async () => {
  const child = start("exec", "node", "--eval", bootAndWait);
  await prints(child, "booted");
  expect(traces().processes.some((line) => line.includes("systemd-nspawn"))).toBe(true);
  child.kill("SIGKILL");
  await removedByNextStart();
});

test("two at once have worlds of their own", async () => {
  const [one, two] = [start("exec", "cat"), start("exec", "cat")];
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
  { why: "a verb that doesn't exist", command: [...run, "dance"], says: "no verb 'dance'" },
  { why: "exec without a command", command: [...run, "exec"], says: "exec needs a command" },
  {
    why: "no root",
    command: ["setpriv", "--reuid=65534", "--clear-groups", ...run, "exec", "true"],
    says: "takes root",
  },
] as const)("$why: a sentence, and exit code 2", async ({ command, says }) => {
  const { code, stdout, stderr } = await attempt(command);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(says);
  expect(stderr.split("\n").every((line) => line === "" || line.startsWith("sandbox: "))).toBe(true);
});

test("--help lists the verbs, those of files too", async () => {
  const { code, stdout } = await attempt([...run, "--help"]);
  expect(code).toBe(0);
  for (const verb of ["shell", "exec", "demo", "test"]) {
    expect(stdout).toMatch(new RegExp(`^  ${verb}\\b`, "m"));
  }
});

const bootAndWait = `
  import(process.cwd() + "/sandbox/machines/nspawn-data-centre.ts").then(async ({ NspawnDataCentre }) => {
    const { foldersOfThisRun } = await import(process.cwd() + "/sandbox/run-folders.ts");
    const order = { id: 1, name: "bot", image: "debian-13", userData: "", sshKeys: [], ipv4: "203.0.113.9" };
    await new NspawnDataCentre({ folders: foldersOfThisRun() }).create(order);
    console.log("booted");
  });
`;

function start(...words: string[]): ChildProcessWithoutNullStreams {
  const [program, ...rest] = run;
  const child = spawn(program, [...rest, ...words]);
  started.push(child);
  return child;
}

/** Types something into a terminal, and waits for what it brings. */
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
      reject(new Error(`it ended without printing "${text}", but: ${seen}`));
    });
  });
}

/** After a SIGKILL the folder and the cgroup are still there; whoever comes next clears them away. */
async function removedByNextStart(): Promise<void> {
  await until(() => traces().processes.join() === before.processes.join());
  expect((await attempt([...run, "exec", "true"])).code).toBe(0);
}

/** All that a run could leave behind. */
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
  };
}

function commandLineOf(pid: string): string {
  const file = `/proc/${pid}/cmdline`;
  try {
    return readFileSync(file, "utf8").split("\0").join(" ");
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
