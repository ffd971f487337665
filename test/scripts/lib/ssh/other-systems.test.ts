import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { sshArguments } from "../../../../scripts/lib/ssh/arguments.ts";
import { server } from "../../../support/fixtures.ts";

/** The only program of such a system, in a folder that no other system has. */
const programs = mkdtempSync(join(tmpdir(), "other-system-"));

for (const name of ["echo", "printf"]) {
  const script = `#!${execFileSync("sh", ["-c", "command -v sh"], { encoding: "utf8" }).trim()}\n${name} "$@"\n`;
  writeFileSync(join(programs, name), script, { mode: 0o755 });
}

afterAll(() => {
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
