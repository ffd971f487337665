import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { afterAll, describe, expect, test } from "@jest/globals";
import { sshArguments } from "../../scripts/lib/ssh/arguments.ts";
import { parseStackOutputs } from "../../scripts/lib/stack/outputs.ts";
import { outputs, server } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

const computer = new OperatorComputer(outputs);

afterAll(() => {
  computer.remove();
});

describe("npm run ssh", () => {
  test("accepts the pinned host key only, and offers the deploy key only", () => {
    expect(sshArguments(server, "/run/key", ["uptime"]).join(" ")).toBe(
      "-F none -o IdentityFile=/run/key -o IdentitiesOnly=yes -o IdentityAgent=none " +
        "-o KnownHostsCommand=/bin/echo 203.0.113.10 ssh-ed25519 AAAAhost " +
        "-o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes " +
        "admin@203.0.113.10 uptime",
    );
  });

  test("is understood by OpenSSH", () => {
    const config = execFileSync("ssh", ["-G", ...sshArguments(server, "/run/key", [])], { encoding: "utf8" });
    expect(config).toContain("knownhostscommand /bin/echo 203.0.113.10 ssh-ed25519 AAAAhost\n");
    expect(config).toContain("stricthostkeychecking true\n");
  });

  test("passes input, output, arguments and exit code of a command on", async () => {
    computer.addServerProgram("count-lines", 'echo "$1: $(wc -l)"; exit 7');
    const { code, stdout, stderr } = await computer.run("ssh.ts", ["count-lines --stack"], {
      input: "one\ntwo\n",
    });
    expect([code, stdout, stderr]).toEqual([7, "--stack: 2\n", ""]);
    expect(computer.keyFiles).toEqual([]);
  });

  test("leaves Ctrl-C to the command, and removes the key file if the terminal is closed", async () => {
    computer.addServerProgram("wait-for-input", "trap 'echo interrupted' INT; echo ready; cat; cat");
    const child = computer.start("ssh.ts", ["wait-for-input"]);
    await once(child.stdout, "data");
    expect(computer.keyFiles).toHaveLength(1);
    child.kill("SIGINT");
    child.stdin.write("still here\n");
    expect(String(await once(child.stdout, "data"))).toBe("still here\n");
    child.kill("SIGHUP");
    await once(child, "exit");
    expect(computer.keyFiles).toEqual([]);
    child.stdin.destroy();
  });
});

describe("a stack's outputs", () => {
  test("are read into the server's shape", () => {
    expect(parseStackOutputs(JSON.stringify({ ...outputs, more: true }))).toEqual({
      ...server,
      liveKeyPair: undefined,
    });
  });

  test.each([
    ["a stack without a server", "{}", "ipToWhitelist, deployKey, hostKey"],
    ["a damaged key", JSON.stringify({ ...outputs, deployKey: "canary" }), "deployKey"],
    ["text that isn't JSON", "canary", ""],
  ])("%s is refused, and nothing of it is shown", (_, json, names) => {
    expect(() => parseStackOutputs(json)).toThrow(names);
    expect(() => parseStackOutputs(json)).not.toThrow("canary");
  });
});
