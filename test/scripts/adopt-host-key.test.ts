import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { rootCommand } from "../../components/commands/root-command.ts";
import { sshArguments } from "../../scripts/lib/ssh/arguments.ts";
import { generateKeyPair, publicKeyOf } from "../../scripts/lib/ssh/key.ts";
import { outputs, server } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

const hostKeys = ["ssh-ed25519 AAAAfirst", "ssh-ed25519 AAAApermanent"];
const privateKey =
  "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary-host-key\n-----END OPENSSH PRIVATE KEY-----\n";
const command = rootCommand(`cat >"$FOLDER/adopted"; echo "it's $0" >"$FOLDER/name"`, "adopt-host-key");
const given = { server: { ...server, hostKey: hostKeys }, command, privateKey };

let computer: OperatorComputer;

beforeAll(() => {
  computer = new OperatorComputer(outputs);
});

afterAll(() => {
  computer.remove();
});

test("the permanent host key goes to the server on standard input, and nowhere else", async () => {
  const { code, stdout, stderr } = await computer.run("adopt-host-key.ts", [], {
    input: JSON.stringify(given),
  });
  expect([code, stdout, stderr]).toEqual([0, "", ""]);
  expect(readFileSync(join(computer.folder, "adopted"), "utf8")).toBe(privateKey);
  expect(readFileSync(join(computer.folder, "name"), "utf8")).toBe("it's adopt-host-key\n");
  expect(computer.calls.join("\n")).not.toContain("canary");
});

test("if the server refuses it, the step fails with the server's reason, and without the key", async () => {
  const input = JSON.stringify({ ...given, command: "echo 'arrived incomplete' >&2; exit 1" });
  const { code, stderr } = await computer.run("adopt-host-key.ts", [], { input });
  expect(code).toBe(2);
  expect(stderr).toBe("The server could not install its new host key:\narrived incomplete\n");
});

describe("while the keys are replaced", () => {
  const host = generateKeyPair("host").privateKey;
  const previous = { deployKey: generateKeyPair("previous").privateKey, hostKey: "ssh-ed25519 AAAAprevious" };
  const replacement = { ...given, privateKey: host, previous };

  test("the server gets the new deploy key once, then the host key, and both are tried", async () => {
    mkdirSync(join(computer.folder, ".ssh"));
    const file = join(computer.folder, ".ssh/authorized_keys");
    writeFileSync(file, "ssh-ed25519 AAAAolder\n");
    // Once more after an interruption.
    for (let run = 1; run <= 2; run += 1) {
      const input = JSON.stringify(replacement);
      expect(await computer.run("adopt-host-key.ts", [], { input })).toEqual({
        code: 0,
        stdout: "",
        stderr: "",
      });
    }
    expect(readFileSync(file, "utf8")).toBe(`ssh-ed25519 AAAAolder\n${publicKeyOf(server.deployKey)}\n`);
    expect(readFileSync(join(computer.folder, "adopted"), "utf8")).toBe(host);
    expect(computer.calls).toHaveLength(3);
    expect(computer.calls.at(-1)).toContain(`echo ${server.host} ${publicKeyOf(host)} -o`);
  });

  test("a server that doesn't take the new deploy key keeps its host key", async () => {
    rmSync(join(computer.folder, ".ssh"), { recursive: true });
    rmSync(join(computer.folder, "adopted"));
    const input = JSON.stringify(replacement);
    const { code, stderr } = await computer.run("adopt-host-key.ts", [], { input });
    expect([code, stderr]).toEqual([2, expect.stringContaining("could not accept its new deploy key")]);
    expect(existsSync(join(computer.folder, "adopted"))).toBe(false);
  });
});

test("during the replacement, OpenSSH accepts both host keys", () => {
  const args = sshArguments({ ...server, hostKey: hostKeys }, "/key", []);
  const config = execFileSync("ssh", ["-G", ...args], { encoding: "utf8" });
  const knownHosts = /^knownhostscommand (.*)$/m.exec(config)?.[1] ?? "";
  // ssh reads %% as a percent sign.
  expect(execFileSync("sh", ["-c", knownHosts.replaceAll("%%", "%")], { encoding: "utf8" })).toBe(
    `203.0.113.10 ${hostKeys[0]}\n203.0.113.10 ${hostKeys[1]}\n`,
  );
});
