import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { sshArguments } from "../../scripts/lib/ssh/arguments.ts";
import { parseStackOutputs } from "../../scripts/lib/stack/outputs.ts";

const outputs = {
  ipToWhitelist: "203.0.113.10",
  deployKey: "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary\n-----END OPENSSH PRIVATE KEY-----\n",
  hostKey: "ssh-ed25519 AAAAhost",
};

const server = parseStackOutputs(JSON.stringify(outputs));

describe("npm run ssh", () => {
  test("trusts the pinned host key alone, and offers the deploy key alone", () => {
    expect(sshArguments(server, "/run/key", ["uptime"]).join(" ")).toBe(
      "-F none -o IdentityFile=/run/key -o IdentitiesOnly=yes -o IdentityAgent=none " +
        "-o KnownHostsCommand=/bin/echo 203.0.113.10 ssh-ed25519 AAAAhost " +
        "-o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes " +
        "admin@203.0.113.10 uptime",
    );
  });

  test("is understood by OpenSSH as it is meant", () => {
    const understood = execFileSync("ssh", ["-G", ...sshArguments(server, "/run/key", [])], {
      encoding: "utf8",
    });
    expect(understood).toContain("knownhostscommand /bin/echo 203.0.113.10 ssh-ed25519 AAAAhost\n");
    expect(understood).toContain("stricthostkeychecking true\n");
  });

  test("explains itself", () => {
    const { stdout, status } = spawnSync(process.execPath, ["scripts/ssh.ts", "--help"], {
      encoding: "utf8",
    });
    expect(stdout).toContain("Usage: npm run ssh");
    expect(status).toBe(0);
  });

  test("refuses an option that it doesn't know, without a stack trace", () => {
    const { stderr, status } = spawnSync(process.execPath, ["scripts/ssh.ts", "--stak", "prod"], {
      encoding: "utf8",
    });
    expect(stderr).toContain("--stak");
    expect(stderr).not.toContain("    at ");
    expect(status).toBe(2);
  });
});

describe("a stack's outputs", () => {
  test("are read", () => {
    expect(parseStackOutputs(JSON.stringify({ ...outputs, more: true }))).toEqual({
      host: outputs.ipToWhitelist,
      user: "admin",
      deployKey: outputs.deployKey,
      hostKey: outputs.hostKey,
    });
  });

  test.each([
    ["a stack without a server", "{}", "ipToWhitelist, deployKey, hostKey"],
    ["a damaged key", JSON.stringify({ ...outputs, deployKey: "canary" }), "deployKey"],
    ["no JSON", "canary", ""],
  ])("%s is refused, and nothing of it is shown", (_, json, names) => {
    expect(() => parseStackOutputs(json)).toThrow(names);
    expect(() => parseStackOutputs(json)).not.toThrow("canary");
  });
});
