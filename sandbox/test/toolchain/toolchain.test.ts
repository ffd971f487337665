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
const dependencies = z
  .object({ dependencies: z.object({ "@pulumi/hcloud": z.string(), "@pulumi/command": z.string() }) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8"))).dependencies;

const binaries = [
  "pulumi",
  "pulumi-language-nodejs",
  "pulumi-resource-hcloud",
  "pulumi-resource-command",
] as const;

/** A pulumi that knows its version and how to install a plugin from a file, and writes down what it was asked. */
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

/** A Go of some version that "builds" by writing a fake of whatever it is asked for. */
const fakeGo = (version: string, build: string): string => `#!/bin/bash
echo "go $* GOFLAGS=$GOFLAGS CGO_ENABLED=$CGO_ENABLED GOWORK=$GOWORK" >> "$FAKE_LOG"
case "$1" in
  env) echo go${version} ;;
  version) exit 1 ;; # it can't bring a newer one of itself
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

let world: string;
let environment: NodeJS.ProcessEnv;

const write = (path: string, text: string): void => {
  mkdirSync(join(world, path, ".."), { recursive: true });
  writeFileSync(join(world, path), text);
  chmodSync(join(world, path), 0o755);
};

const run = (more: NodeJS.ProcessEnv = {}, ...args: string[]) => {
  const result = spawnSync(script, args, { encoding: "utf8", env: { ...environment, ...more } });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
};

const asked = (): string[] => {
  const log = join(world, "log");
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
};
const builds = (): string[] => asked().filter((line) => line.startsWith("go build"));
const cached = (folder: string): string[] => {
  const path = join(world, "cache/trading-bot-server/toolchain", folder);
  return existsSync(path) ? readdirSync(path) : [];
};

beforeEach(() => {
  world = mkdtempSync(join(tmpdir(), "toolchain-"));
  write("bin/curl", "#!/bin/sh\nexit 6\n"); // Pulumi's site can't be reached
  for (const name of ["go", "pulumi"]) {
    write(`bin/${name}`, "#!/bin/sh\nexit 127\n");
  } // as good as not there
  write("pulumi.built", fakePulumi("3.254.0"));
  environment = {
    PATH: `${join(world, "bin")}:/usr/bin:/bin`,
    HOME: join(world, "home"),
    XDG_CACHE_HOME: join(world, "cache"),
    FAKE_LOG: join(world, "log"),
    FAKES: world,
  };
});

afterEach(() => {
  rmSync(world, { recursive: true, force: true });
});

describe("TOOLCHAIN_DIR", () => {
  test("a folder with all four becomes a PULUMI_HOME, and only its path is printed", () => {
    for (const name of binaries) {
      write(`given/${name}`, fakePulumi("3.254.0"));
    }
    const { status, stdout, stderr } = run({ TOOLCHAIN_DIR: join(world, "given") });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^\/[^\n]+\n$/);
    const home = stdout.trim();
    expect(readdirSync(join(home, "bin")).sort()).toEqual(["pulumi", "pulumi-language-nodejs"]);
    expect(readdirSync(join(home, "plugins")).sort()).toEqual([
      `resource-command-v${dependencies["@pulumi/command"]}`,
      `resource-hcloud-v${dependencies["@pulumi/hcloud"]}`,
    ]);
  });

  test("every binary that is missing is named at once, with a way out", () => {
    write("given/pulumi", fakePulumi("3.254.0"));
    write("given/pulumi-resource-hcloud", "");
    chmodSync(join(world, "given/pulumi-resource-hcloud"), 0o644);
    const { status, stdout, stderr } = run({ TOOLCHAIN_DIR: join(world, "given") });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("pulumi-language-nodejs pulumi-resource-hcloud pulumi-resource-command\n");
    expect(stderr).toContain("unset TOOLCHAIN_DIR");
  });

  test("another file of the same name makes another home", () => {
    for (const name of binaries) {
      write(`given/${name}`, fakePulumi("3.254.0"));
    }
    const before = run({ TOOLCHAIN_DIR: join(world, "given") }).stdout;
    write("given/pulumi-resource-command", fakePulumi("3.254.0 or so"));
    expect(run({ TOOLCHAIN_DIR: join(world, "given") }).stdout).not.toBe(before);
  });
});

describe("building", () => {
  test("what is missing is built once, whatever the caller's Go is set to", () => {
    write("bin/go", fakeGo("1.99.0", ""));
    const first = run({ GOFLAGS: "-mod=vendor -race", GOWORK: "/nowhere/go.work", CGO_ENABLED: "1" });
    expect(first.status).toBe(0);
    expect(first.stderr).toMatch(/building pulumi 3\.254\.0 from source .* … done in \d+ s/);
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

  test("a cache that is full serves without Go as well", () => {
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

  test("a build that fails says why, and leaves nothing behind", () => {
    write("bin/go", fakeGo("1.99.0", "echo 'no such module'; exit 1"));
    const { status, stdout, stderr } = run();
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("no such module");
    expect(stderr).toContain("pulumi could not be built");
    expect([...cached("built"), ...cached("homes")]).toEqual([]);
  });

  test.each([
    ["without Go", undefined, "there is no Go on PATH"],
    ["with an old Go", "1.20.1", "on PATH is 1.20.1"],
  ])("%s it says what is needed and all that helps", (_, version, reason) => {
    if (version !== undefined) {
      write("bin/go", fakeGo(version, ""));
    }
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toMatch(/Go 1\.\d+\.\d+ or newer is needed/);
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
    write("bin/go", fakeGo("1.99.0", "sleep 30"));
    const running = spawn(script, { env: environment, stdio: "ignore" });
    while (builds().length === 0) {
      await setTimeout(20);
    }
    running.kill("SIGTERM");
    const before = Date.now();
    await once(running, "exit");
    expect(Date.now() - before).toBeLessThan(5_000);
    expect([...cached("built"), ...cached("homes")]).toEqual([]);
    expect(cached("").filter((name) => name.startsWith("scratch."))).toEqual([]);
    write("bin/go", fakeGo("1.99.0", ""));
    expect(run().status).toBe(0);
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

  test("a recent pulumi with its plugins is used as it is", () => {
    official("3.300.0");
    const { status, stdout, stderr } = run();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readFileSync(join(stdout.trim(), "bin/pulumi"), "utf8")).toBe(fakePulumi("3.300.0"));
  });

  test("an older pulumi is not, since it logs secrets; its plugins are", () => {
    official("3.253.9");
    write("bin/go", fakeGo("1.99.0", ""));
    expect(run().status).toBe(0);
    // The CLI and its language host.
    expect(builds()).toHaveLength(2);
  });

  test("a plugin that can't be had is built, and nothing else is", () => {
    official("3.300.0");
    rmSync(join(world, "home/.pulumi/plugins"), { recursive: true });
    write("bin/go", fakeGo("1.99.0", ""));
    const { status, stderr } = run();
    expect(status).toBe(0);
    expect(stderr).toContain("Pulumi's site can't be reached");
    // hcloud's generator and plugin, and the command plugin.
    expect(builds()).toHaveLength(3);
  });

  test("where Pulumi's site answers, the CLI and the plugins come from there", () => {
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
    expect(asked().some((line) => line.startsWith("npx --yes pulumi@"))).toBe(true);
    expect(stderr).toMatch(/downloading pulumi 3\.\d+\.\d+ … done/);
    expect(asked()).toContain(`plugin install resource hcloud ${dependencies["@pulumi/hcloud"]}`);
  });
});

test("--help tells where the binaries come from, and an unknown argument is refused", () => {
  expect(run({}, "--help").stdout).toContain("TOOLCHAIN_DIR");
  expect(run({}, "--halp")).toMatchObject({ status: 1, stdout: "" });
});
