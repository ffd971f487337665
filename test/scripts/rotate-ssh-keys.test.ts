import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parseExported } from "../../scripts/lib/stack/exported-state.ts";
import { fromSecret } from "../../scripts/lib/stack/secret-value.ts";
import { outputs } from "../support/fixtures.ts";
import { bare, exportedState, newKeys } from "./lib/rotation/state.ts";
import { OperatorComputer } from "./operator-computer.ts";

const old = newKeys();
const made = newKeys();
const previous = JSON.stringify({ deployKey: old.deploy.privateKey, hostKey: bare(old.host) });

let computer: OperatorComputer;

beforeEach(() => {
  computer = new OperatorComputer({
    ...outputs,
    deployKey: old.deploy.privateKey,
    hostKey: bare(old.host),
  });
  computer.setState(exportedState(old));
  pulumiUp({ makes: exportedState(made, old), authorizes: [bare(made.deploy)] });
  computer.addPulumiVerb("preview", "echo the changes");
});

afterEach(() => {
  expect(computer.temporaryFiles).toEqual([]);
  computer.remove();
});

/** Sets what `pulumi up` does. */
function pulumiUp({
  makes,
  authorizes,
  code = 0,
}: {
  makes: string;
  authorizes: string[];
  code?: number;
}): void {
  writeFileSync(join(computer.folder, "next-state.json"), makes);
  computer.addPulumiVerb(
    "up",
    `cp "$FOLDER/next-state.json" "$FOLDER/state.json"; echo '${authorizes.join("\n")}' >"$FOLDER/authorized"; exit ${code}`,
  );
}

/** The calls of pulumi without the options that each has. */
const calls = () =>
  computer.calls
    .filter((call) => call.startsWith("pulumi"))
    .map((call) => call.replaceAll(/ --(non-interactive|color=never)/g, "").replaceAll(/urn:\S+::/g, ""));

describe("npm run rotate-ssh-keys", () => {
  test("notes the previous keys, has new ones made, tries both, and renews what a new server gets", async () => {
    const { code, stdout } = await computer.run("rotate-ssh-keys.ts", ["--yes"]);
    expect(stdout).toMatch(
      /^What `pulumi up` will change:\nthe changes\nReplaced: the deploy key and the host key\.\nThe previous deploy key can't log in any more\.\n.*another host key/,
    );
    expect(code).toBe(0);
    const replaced = "--replace deploy-key --replace permanent-host-key --replace initial-host-key";
    expect(calls().slice(2)).toEqual([
      "pulumi stack export --show-secrets",
      `pulumi preview ${replaced}`,
      "pulumi config set --secret previousSshKeys",
      "pulumi stack export --show-secrets",
      "pulumi stack export --show-secrets",
      `pulumi up ${replaced} --yes --skip-preview`,
      "pulumi stack export --show-secrets",
      "pulumi stack export --show-secrets",
      "pulumi stack import",
      "pulumi config rm previousSshKeys",
    ]);
    expect(computer.calls.join("\n")).not.toContain("PRIVATE KEY");
  });

  test("shows what will change before it asks, and changes nothing without a yes", async () => {
    const at = "203.0.113.10, with the changes above. Replace? Type yes: ";
    const { code, screen } = await computer.runInTerminal("rotate-ssh-keys.ts", [], { type: "no\n", at });
    expect(code).toBe(1);
    expect(screen).toMatch(
      /^What `pulumi up` will change:\r\nthe changes\r\n[^]*This replaces [^]*Nothing was changed/,
    );
    expect(calls().filter((call) => /config set|up|import/.test(call))).toEqual([]);
  });

  test("changes nothing if the preview fails, or is interrupted", async () => {
    computer.addPulumiVerb("preview", "echo 'error: no' >&2; exit 255");
    const { code, stderr } = await computer.run("rotate-ssh-keys.ts", ["--yes"]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^error: no\n`pulumi up` would fail: .*Nothing was/),
    ]);
    computer.addPulumiVerb("preview", 'kill -INT "$(ps -o ppid= $PPID)"');
    const interrupted = await computer.run("rotate-ssh-keys.ts", ["--yes"]);
    expect([interrupted.code, interrupted.stderr]).toEqual([130, "Nothing was changed.\n"]);
    expect(calls().filter((call) => /config set|up|import/.test(call))).toEqual([]);
  });

  test("replaces one of them if asked to", async () => {
    const { deploy } = made;
    pulumiUp({ makes: exportedState({ ...old, deploy }, old), authorizes: [bare(deploy)] });
    const { stdout } = await computer.run("rotate-ssh-keys.ts", ["--yes", "--only", "deploy-key"]);
    expect(calls()).toContain("pulumi preview --replace deploy-key");
    expect(stdout).toContain("\nReplaced: the deploy key.\nThe previous deploy key can't log in any more.\n");
    expect(calls()).toContain("pulumi up --replace deploy-key --yes --skip-preview");
  });

  test("continues after an interruption, and doesn't make the new keys twice", async () => {
    computer.setState(exportedState(made, old));
    const settings = { "trading-bot-server:previousSshKeys": previous };
    const { code, stderr } = await computer.run("rotate-ssh-keys.ts", [], { settings });
    expect([code, stderr]).toEqual([0, "Continuing to replace the SSH keys.\n"]);
    expect(calls()).toContain("pulumi up --yes --skip-preview");
    // Before the server is reached: if it is dead, the next one must get the new keys.
    expect(calls().indexOf("pulumi stack import")).toBeLessThan(
      calls().indexOf("pulumi up --yes --skip-preview"),
    );
  });

  test("isn't done while the server still accepts the previous deploy key", async () => {
    pulumiUp({
      makes: exportedState(made, old),
      authorizes: [bare(old.deploy), bare(made.deploy)],
      code: 255,
    });
    const { code, stderr } = await computer.run("rotate-ssh-keys.ts", ["--yes"]);
    expect(code).toBe(2);
    expect(stderr).toContain("The server still accepts the previous deploy key");
    expect(stderr).toContain("To continue: npm run rotate-ssh-keys");
    expect(calls()).not.toContain("pulumi config rm previousSshKeys");
  });

  test("isn't done while the server doesn't accept the new one", async () => {
    pulumiUp({ makes: exportedState(made, old), authorizes: [bare(old.deploy)], code: 255 });
    const { code, stderr } = await computer.run("rotate-ssh-keys.ts", ["--yes"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("can't be reached with the new keys yet")]);
  });

  test("reports that the keys are replaced although the rest of `pulumi up` failed, and all commands use them", async () => {
    pulumiUp({ makes: exportedState(made, old, old), authorizes: [bare(made.deploy)], code: 255 });
    const { code, stdout } = await computer.run("rotate-ssh-keys.ts", ["--yes"]);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/\nReplaced: [^]*`pulumi up` has not finished/),
    ]);
    expect(calls()).toContain("pulumi config rm previousSshKeys");
    // From there, and Pulumi has not renewed them.
    const { resources } = parseExported(computer.state).deployment;
    const renewed = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
    expect(fromSecret(renewed?.deployKey)).toBe(made.deploy.privateKey);
    expect(renewed).toMatchObject({
      hostKey: bare(made.host),
      ipToWhitelist: "203.0.113.10",
      ssh: expect.stringContaining(bare(made.host)),
    });
  });

  test.each([
    ["before the server got the new keys", old],
    ["after that", made],
  ])("other commands work meanwhile if it was killed %s, and say how to finish it", async (_, used) => {
    computer.setState(exportedState(made, old, old));
    computer.authorize([bare(used.deploy)]);
    computer.addServerProgram("bot-control", 'echo "bot-control $*"');
    const note = expect.stringMatching(
      /^The SSH keys of this stack are not replaced completely\. .*: npm run rotate-ssh-keys -- --stack other\n/,
    );
    for (const [script, args] of [
      ["restart.ts", []],
      ["ssh.ts", ["true"]],
      ["history.ts", ["--json"]],
    ] as const) {
      computer.addServerProgram("journalctl", "true");
      const { code, stderr } = await computer.run(script, ["--stack", "other", ...args]);
      expect([script, code, stderr]).toEqual([script, 0, note]);
      const connection = computer.calls.find((call) => call.startsWith("ssh "));
      expect(connection).toContain(bare(old.host));
      expect(connection).toContain(bare(made.host));
    }
  });

  test("changes nothing if the server can't be reached", async () => {
    computer.authorize(["another key"]);
    const { code, stderr } = await computer.run("rotate-ssh-keys.ts", ["--yes"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("the server refuses the deploy key")]);
    expect(calls().filter((call) => /config set|up|import/.test(call))).toEqual([]);
  });

  test("changes nothing without a terminal to ask in, or with an unknown key", async () => {
    const asked = await computer.run("rotate-ssh-keys.ts", []);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining("With --yes it isn't asked.")]);
    const unknown = await computer.run("rotate-ssh-keys.ts", ["--yes", "--only", "mine"]);
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('--only must be deploy-key or host-key, not "mine".'),
    ]);
    expect(calls().filter((call) => /config set|up|import/.test(call))).toEqual([]);
  });
});
