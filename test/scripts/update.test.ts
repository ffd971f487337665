import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { outputs } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

let repository: string;
let computer: OperatorComputer;

/** git, as somebody who has a name, and without what this computer has configured. */
function git(folder: string, ...args: string[]): string {
  const environment = {
    ...{ PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
    ...{ GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example.com" },
    ...{ GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@example.com" },
  };
  return execFileSync("git", ["-C", folder, ...args], { env: environment, encoding: "utf8" });
}

function publish(version: string, onServer = ""): void {
  const lock = { packages: { "node_modules/zod": { version } } };
  const older = version === "0.8.0" ? "" : readFileSync(join(repository, "CHANGELOG.md"), "utf8");
  const section = `## ${version} (2026-12-01)\n\n### What happens on your server\n\n${onServer}\n\n`;
  writeFileSync(join(repository, "CHANGELOG.md"), section + older);
  writeFileSync(join(repository, "package.json"), JSON.stringify({ version }));
  writeFileSync(join(repository, "package-lock.json"), JSON.stringify(lock));
  writeFileSync(join(repository, "Pulumi.prod.yaml"), "# yours\n");
  git(repository, "add", ".");
  git(repository, "commit", "--quiet", "--message", version);
}

const here = (name: string): string => join(computer.folder, name);
const version = (): string => readFileSync(here("package.json"), "utf8");

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), "repository-"));
  git(repository, "init", "--quiet", "--initial-branch=main");
  publish("0.8.0");
  computer = new OperatorComputer(outputs);
  git(computer.folder, "init", "--quiet");
  git(computer.folder, "remote", "add", "origin", repository);
  git(computer.folder, "fetch", "--quiet", "origin");
  git(computer.folder, "checkout", "--quiet", "-b", "main", "--track", "origin/main");
  mkdirSync(here("node_modules"));
  writeFileSync(here("node_modules/.package-lock.json"), readFileSync(here("package-lock.json")));
  computer.addProgram("npm", 'echo "npm $*" >> calls; cp package-lock.json node_modules/.package-lock.json');
  computer.addPulumiVerb("up", "exit 0");
  computer.addPulumiVerb("stack", `echo '[{"name": "prod"}, {"name": "second"}]'`);
});

afterEach(() => {
  computer.remove();
  rmSync(repository, { recursive: true });
});

describe("a newer version", () => {
  beforeEach(() => {
    publish("0.9.0", "- **The bot is restarted** once ([docs](docs/x.md)).");
    publish("0.10.0", "- Another tool.");
  });

  test("is announced with what it changes on the server, and --check changes nothing", async () => {
    const { code, stdout } = await computer.run("update.ts", ["--check"]);
    expect(code).toBe(1);
    expect(stdout).toContain("You have version 0.8.0. The newest is 0.10.0.");
    expect(stdout).toMatch(
      /version 0\.9\.0 changes[^]*The bot is restarted once \(?docs[^]*version 0\.10\.0 changes/,
    );
    expect([version(), computer.calls]).toEqual(['{"version":"0.8.0"}', []]);
  });

  test("is merged and installed, and the server is changed", async () => {
    const { code, stdout, stderr } = await computer.run("update.ts", ["--yes", "--stack", "prod"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(version()).toBe('{"version":"0.10.0"}');
    expect(computer.calls).toEqual([
      "npm ci --omit=dev --no-audit --no-fund",
      "pulumi up --yes --stack prod",
      expect.stringContaining("pulumi stack ls"),
    ]);
    expect(stdout).toContain("The stacks are: prod, second");
  });

  test("leaves settings as they are, committed or not", async () => {
    writeFileSync(here("Pulumi.prod.yaml"), "mine: 1\n");
    writeFileSync(here("Pulumi.other.yaml"), "mine: 2\n");
    expect(await computer.run("update.ts", ["--yes"])).toMatchObject({ code: 0 });
    expect(readFileSync(here("Pulumi.prod.yaml"), "utf8")).toBe("mine: 1\n");
    git(computer.folder, "add", "Pulumi.prod.yaml", "Pulumi.other.yaml");
    git(computer.folder, "commit", "--quiet", "--message", "my settings");
    publish("0.11.0");
    const environment = { GIT_AUTHOR_NAME: "a", GIT_COMMITTER_NAME: "a", EMAIL: "a@example.com" };
    expect(await computer.run("update.ts", ["--yes"], { environment })).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(version()).toBe('{"version":"0.11.0"}');
    expect(readFileSync(here("Pulumi.prod.yaml"), "utf8")).toBe("mine: 1\n");
    expect(await computer.run("update.ts", ["--check"])).toMatchObject({ code: 0 });
  });

  test("isn't installed if it can't be merged with own changes, which stay", async () => {
    writeFileSync(here("package.json"), "mine");
    const { code, stderr } = await computer.run("update.ts", ["--yes"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Version 0.10.0 can't be merged with what was changed in this folder");
    expect([version(), computer.calls]).toEqual(["mine", []]);
    git(computer.folder, "commit", "--quiet", "--all", "--message", "mine");
    const environment = { GIT_AUTHOR_NAME: "a", GIT_COMMITTER_NAME: "a", EMAIL: "a@example.com" };
    expect(await computer.run("update.ts", ["--yes"], { environment })).toMatchObject({ code: 2 });
    expect([version(), git(computer.folder, "status", "--short", "--untracked-files=no")]).toEqual([
      "mine",
      "",
    ]);
  });

  test("isn't installed without a yes", async () => {
    const at = "Type yes: ";
    const { code, screen } = await computer.runInTerminal("update.ts", [], { at, type: "no\n" });
    expect([code, version()]).toEqual([1, '{"version":"0.8.0"}']);
    expect(screen).toContain("Nothing was changed.");
    const nobody = await computer.run("update.ts", []);
    expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining("With --yes it isn't asked") });
  });

  test("of which an earlier run was ended after the merge gets its packages", async () => {
    git(computer.folder, "merge", "--quiet", "origin/main");
    git(computer.folder, "fetch", "--quiet");
    git(computer.folder, "merge", "--quiet", "origin/main");
    const { code, stdout } = await computer.run("update.ts", ["--without-up"]);
    expect([code, stdout]).toEqual([
      0,
      "Version 0.10.0 is the newest.\nnpm ci --omit=dev --no-audit --no-fund\nTo change the server: pulumi up\n",
    ]);
    expect(computer.calls).toEqual(["npm ci --omit=dev --no-audit --no-fund"]);
  });

  test("is installed also if `pulumi up` fails, and the message says how to try again", async () => {
    computer.addPulumiVerb("up", "exit 1");
    const { code, stderr } = await computer.run("update.ts", ["--yes", "--stack", "prod"]);
    expect([code, stderr]).toEqual([1, "To try again: pulumi up --stack prod\n"]);
  });
});

test("the newest version only runs `pulumi up`", async () => {
  const { code, stdout } = await computer.run("update.ts", ["--yes"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("Version 0.8.0 is the newest.")]);
  expect(computer.calls).toEqual(["pulumi up --yes", expect.stringContaining("pulumi stack ls")]);
});

test("a repository that can't be reached, and a folder that isn't a clone, change nothing", async () => {
  git(computer.folder, "remote", "set-url", "origin", join(repository, "nowhere"));
  const unreachable = await computer.run("update.ts", ["--yes"]);
  expect(unreachable).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("can't be fetched. git printed"),
  });
  rmSync(here(".git"), { recursive: true });
  const noClone = await computer.run("update.ts", ["--yes"]);
  expect(noClone).toMatchObject({ code: 2, stderr: expect.stringContaining("isn't a clone") });
  expect(computer.calls).toEqual([]);
});
