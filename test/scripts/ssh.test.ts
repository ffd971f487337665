import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { afterAll, describe, expect, test } from "@jest/globals";
import { sshArguments } from "../../scripts/lib/ssh/arguments.ts";
import { stackOutputsIn } from "../../scripts/lib/stack/outputs.ts";
import { toSecret } from "../../scripts/lib/stack/secret-value.ts";
import { deployKeyLine, outputs, server } from "../support/fixtures.ts";
import { exportedState, resources } from "../support/stack-state.ts";
import { OperatorComputer } from "./operator-computer.ts";

const computer = new OperatorComputer(outputs);

afterAll(() => {
  computer.remove();
});

describe("npm run ssh", () => {
  test("accepts the pinned host key only, and offers the deploy key only", () => {
    expect(sshArguments(server, "/run/agent", ["uptime"]).join(" ")).toBe(
      "-F none -o IdentityFile=none -o IdentityAgent=/run/agent " +
        "-o KnownHostsCommand=/usr/bin/env echo 203.0.113.10 ssh-ed25519 AAAAhost " +
        "-o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes " +
        "admin@203.0.113.10 uptime",
    );
  });

  test("is understood by OpenSSH", () => {
    const config = execFileSync("ssh", ["-G", ...sshArguments(server, "/run/agent", [])], {
      encoding: "utf8",
    });
    expect(config).toContain("knownhostscommand /usr/bin/env echo 203.0.113.10 ssh-ed25519 AAAAhost\n");
    expect(config).toContain("stricthostkeychecking true\n");
  });

  test("passes input, output, arguments and exit code of a command on", async () => {
    computer.addServerProgram("count-lines", 'echo "$1: $(wc -l)"; exit 7');
    const { code, stdout, stderr } = await computer.run("ssh.ts", ["count-lines --stack"], {
      input: "one\ntwo\n",
    });
    expect([code, stdout, stderr]).toEqual([7, "--stack: 2\n", ""]);
    expect(computer.temporaryFiles).toEqual([]);
  });

  test("leaves Ctrl-C to the command", async () => {
    computer.addServerProgram("wait-for-input", "trap 'echo interrupted' INT; echo ready; cat; cat");
    const child = computer.start("ssh.ts", ["wait-for-input"]);
    await once(child.stdout, "data");
    child.kill("SIGINT");
    child.stdin.write("still here\n");
    expect(String(await once(child.stdout, "data"))).toBe("still here\n");
    child.kill("SIGHUP");
    await once(child, "exit");
    child.stdin.destroy();
  });

  test("shows a command's output in a terminal without control characters, and leaves it unchanged in a pipe", async () => {
    computer.addServerProgram("hostile", "printf '\\033[31mred\\033[0m \\033[2J\\033]0;title\\007\\n'");
    const { screen } = await computer.runInTerminal("ssh.ts", ["hostile"]);
    expect(screen.trim()).toBe("red \ufffd[2J\ufffd]0;title\ufffd");
    const { stdout } = await computer.run("ssh.ts", ["hostile"]);
    expect(stdout).toBe("\x1b[31mred\x1b[0m \x1b[2J\x1b]0;title\x07\n");
  });

  test.each(["SIGHUP", "SIGTERM"] as const)(
    "leaves nothing if %s ends it, as a closed terminal does",
    async (signal) => {
      computer.addServerProgram("wait-for-input", "echo ready; cat");
      const child = computer.start("ssh.ts", ["wait-for-input"]);
      await once(child.stdout, "data");
      expect(computer.temporaryFiles).toHaveLength(1);
      expect(computer.filesWith(deployKeyLine)).toEqual([]);
      child.kill(signal);
      await once(child, "exit");
      expect(computer.temporaryFiles).toEqual([]);
      child.stdin.destroy();
    },
  );

  test("leaves no key if it is killed, and the next run removes its socket, but not a living run's", async () => {
    computer.addServerProgram("wait-for-input", "echo ready; cat");
    const killed = computer.start("ssh.ts", ["wait-for-input"]);
    await once(killed.stdout, "data");
    killed.kill("SIGKILL");
    await once(killed, "exit");
    killed.stdin.destroy();
    expect(computer.temporaryFiles).toHaveLength(1);
    expect(computer.filesWith(deployKeyLine)).toEqual([]);

    const living = computer.start("ssh.ts", ["wait-for-input"]);
    await once(living.stdout, "data");
    expect(computer.temporaryFiles).toHaveLength(1);
    expect((await computer.run("ssh.ts", ["true"])).code).toBe(0);
    expect(computer.temporaryFiles).toHaveLength(1);
    living.kill("SIGTERM");
    await once(living, "exit");
    living.stdin.destroy();
    expect(computer.temporaryFiles).toEqual([]);
  });
});

/** A stack with these outputs, as `pulumi stack export --show-secrets` prints it. */
const stateWith = (values: object) => exportedState([{ ...resources.stack, outputs: values }]);

describe("a stack's outputs", () => {
  test("are read into the server's shape", () => {
    expect(stackOutputsIn(stateWith({ ...outputs, more: true }))).toEqual({
      ...server,
      liveKeyPair: undefined,
      isPaper: false,
      hasServer: false,
      order: { name: undefined, location: undefined, cost: undefined, version: undefined },
    });
    const deployKey = toSecret(outputs.deployKey);
    expect(stackOutputsIn(stateWith({ ...outputs, deployKey }))).toMatchObject(server);
  });

  test("are read as well if another version has written the bot's settings in another form", () => {
    const written = stateWith({ ...outputs, botSettings: { profile: "new" } });
    expect(stackOutputsIn(written)).toMatchObject({ ...server, bot: undefined });
  });

  test.each([
    ["a stack without a server", '{"deployment":{}}', "ipToWhitelist, deployKey, hostKey"],
    ["a damaged key", stateWith({ ...outputs, deployKey: toSecret("canary") }), "deployKey"],
    ["text that isn't JSON", "canary", ""],
  ])("%s is refused, and nothing of it is shown", (_, json, names) => {
    expect(() => stackOutputsIn(json)).toThrow(names);
    expect(() => stackOutputsIn(json)).not.toThrow("canary");
  });
});
