import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { sshArguments } from "../../../../scripts/lib/ssh/arguments.ts";
import { outputs, server } from "../../../support/fixtures.ts";
import { OperatorComputer } from "../../operator-computer.ts";

/** The only program of such a system, in a folder that no other system has. */
const programs = mkdtempSync(join(tmpdir(), "other-system-"));

for (const name of ["echo", "printf"]) {
  const script = `#!${execFileSync("sh", ["-c", "command -v sh"], { encoding: "utf8" }).trim()}\n${name} "$@"\n`;
  writeFileSync(join(programs, name), script, { mode: 0o755 });
}

const computer = new OperatorComputer(outputs);

afterAll(() => {
  computer.remove();
  rmSync(programs, { recursive: true });
});

/** What ssh reads as the server's host keys: the command's output, run without a shell and with this PATH. */
function knownHosts(hostKey: string | string[]): string {
  const option = sshArguments({ ...server, hostKey }, "/run/key", []).find((arg) =>
    arg.startsWith("KnownHostsCommand="),
  );
  const command = (option ?? "").replace("KnownHostsCommand=", "").replaceAll("%%", "%");
  const [program = "", ...args] = (command.match(/"[^"]*"|\S+/g) ?? []).map((arg) => arg.replaceAll('"', ""));
  return execFileSync(program, args, { encoding: "utf8", env: { PATH: programs } });
}

describe("on a system without /bin/echo and /usr/bin/printf, such as NixOS", () => {
  test("ssh learns the server's host key", () => {
    expect(knownHosts("ssh-ed25519 AAAAhost")).toBe("203.0.113.10 ssh-ed25519 AAAAhost\n");
  });

  test("ssh learns both host keys while one replaces the other", () => {
    expect(knownHosts(["ssh-ed25519 AAAAone", "ssh-ed25519 AAAAtwo"])).toBe(
      "203.0.113.10 ssh-ed25519 AAAAone\n203.0.113.10 ssh-ed25519 AAAAtwo\n",
    );
  });
});

describe("a command works", () => {
  test.each(["/run/user/4711", ""])(
    "with XDG_RUNTIME_DIR=%j, whether that folder exists or not",
    async (folder) => {
      const { code, stderr } = await computer.run("ssh.ts", ["true"], {
        environment: { XDG_RUNTIME_DIR: folder },
      });
      expect([code, stderr]).toEqual([0, ""]);
    },
  );

  test("with a space in the path of the folder for temporary files", () => {
    const folder = join(computer.folder, "with a space");
    const understood = execFileSync("ssh", ["-G", ...sshArguments(server, `${folder}/agent`, [])], {
      encoding: "utf8",
    });
    expect(understood).toContain(`identityagent ${folder}/agent\n`);
  });
});
