import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { deployKeyLine, keyPair, outputs } from "../support/fixtures.ts";
import { serverStatus } from "./lib/status/server-status.ts";
import { OperatorComputer } from "./operator-computer.ts";

describe("npm run status", () => {
  let computer: OperatorComputer;
  beforeAll(() => {
    computer = new OperatorComputer({ ...outputs, serverName: "trading-bot-prod", version: "0.6.0" });
  });
  afterAll(() => {
    computer.remove();
  });

  const server = {
    urn: "urn:pulumi:prod::p::hcloud:index/server:Server::server",
    type: "hcloud:index/server:Server",
  };
  beforeEach(() => {
    computer.setState(JSON.stringify({ deployment: { resources: [server] } }));
  });

  const settings = {
    "trading-bot-server:adminCidrs": "198.51.100.0/24",
    "binance:apiKey": keyPair.apiKey,
    "binance:apiSecret": keyPair.apiSecret,
  };
  const says = (status: object) => {
    computer.addServerProgram("server-status", `cat <<'END'\n${JSON.stringify(status)}\nEND`);
  };

  test("shows first what needs a person, and then everything", async () => {
    says({ ...serverStatus, bot: { ...serverStatus.bot, state: "inactive", isHeld: true, runsSince: null } });
    const { code, stdout } = await computer.run("status.ts", [], {
      settings,
      environment: { SSH_CONNECTION: "192.0.2.9 50000 203.0.113.10 22" },
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^prod: bot held by the guard, at 203\.0\.113\.10\n/);
    expect(stdout).toContain("! The guard holds the bot");
    expect(stdout).toContain("      npm run verify\n");
    expect(stdout).toContain("! You come from 192.0.2.9, which isn't in adminCidrs");
    expect(stdout.indexOf("! The guard holds")).toBeLessThan(stdout.indexOf("server    trading-bot-prod"));
    expect(stdout).toContain("0123456789ab, on the server for");
    expect(stdout).not.toContain("\x1b");
  });

  test("shows no secret", async () => {
    says(serverStatus);
    for (const args of [[], ["--json"]]) {
      const { stdout, stderr } = await computer.run("status.ts", args, { settings });
      for (const secret of [keyPair.apiKey, keyPair.apiSecret, deployKeyLine]) {
        expect(`${stdout}${stderr}`).not.toContain(secret);
      }
    }
  });

  test("prints the same as JSON, and says what is unknown", async () => {
    says(serverStatus);
    const { code, stdout } = await computer.run("status.ts", ["--json"], { settings });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      ipAddress: "203.0.113.10",
      bot: { state: "active", mode: "live" },
      key: { fingerprint: "0123456789ab" },
      backup: { setAt: null, lastBackupAt: null, problem: null },
      notices: [
        { kind: "unknown", text: expect.stringContaining("has no token for Hetzner's API") },
        { kind: "note", text: expect.stringContaining("set up by version 0.6.0") },
      ],
    });
  });

  test("says that a stack has no server any more, and how to order the next one", async () => {
    computer.setState(JSON.stringify({ deployment: { resources: [] } }));
    const { code, stdout } = await computer.run("status.ts", [], { settings });
    expect(code).toBe(1);
    expect(stdout).toContain("! The stack has no server any more. Its address 203.0.113.10 is kept");
  });

  test("says why the server can't be reached, with exit code 1", async () => {
    const { code, stdout } = await computer.run("status.ts", [], {
      settings,
      routes: {
        server: "ssh: connect to host 203.0.113.10 port 22: Connection timed out",
        direct: undefined,
      },
    });
    expect(code).toBe(1);
    expect(stdout).toContain("! Can't connect to 203.0.113.10");
  });

  test.each([
    ["a server without the tool", "exit 127"],
    ["a hostile server", "echo '{\"at\":\"never\"}'; printf '\\033[2Jx'"],
  ])("trusts no answer of %s", async (_, script) => {
    computer.addServerProgram("server-status", script);
    const { code, stdout } = await computer.run("status.ts", [], { settings });
    expect(code).toBe(1);
    expect(stdout).toContain("      pulumi up\n".trim());
    expect(stdout).not.toContain("\x1b");
  });
});
