import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { checkSshAgent } from "../../../../components/settings/checks/ssh-agent.ts";

test("an SSH agent that no longer runs is reported before a server is ordered", async () => {
  const finding = {
    severity: "error",
    setting: "SSH_AUTH_SOCK",
    problem: "is set in your environment, but no SSH agent listens there",
    explanation:
      "The connection to the server would fail. This program needs no agent, so remove the variable:",
    command: "unset SSH_AUTH_SOCK",
  };
  expect(await checkSshAgent("/nowhere/agent.1")).toEqual([finding]);
  expect(await checkSshAgent(import.meta.filename)).toEqual([finding]);
});

test("an agent that was killed leaves its socket, on which nobody listens", async () => {
  const socket = join(mkdtempSync(join(tmpdir(), "agent-")), "socket");
  execFileSync(process.execPath, [
    "-e",
    `require("node:net").createServer().listen(${JSON.stringify(socket)}, () => process.exit())`,
  ]);
  expect(existsSync(socket)).toBe(true);
  expect(await checkSshAgent(socket)).toHaveLength(1);
});

test("an agent that runs is fine, and so is none", async () => {
  const socket = join(mkdtempSync(join(tmpdir(), "agent-")), "socket");
  // Any answer counts: an agent that is locked refuses.
  const agent = createServer((connection) =>
    connection.once("data", () => connection.write(Buffer.from([0, 0, 0, 1, 5]))),
  );
  await new Promise<void>((resolve) => {
    agent.listen(socket, resolve);
  });
  expect(await checkSshAgent(socket)).toEqual([]);
  expect(await checkSshAgent(undefined)).toEqual([]);
  expect(await checkSshAgent("")).toEqual([]);
  agent.close();
});

test.each([
  ["never answers", () => undefined, "doesn't answer"],
  ["hangs up", (connection: Socket) => connection.destroy(), "ends every connection"],
] as const)("an agent that listens and %s is reported as well", async (_what, act, problem) => {
  const socket = join(mkdtempSync(join(tmpdir(), "agent-")), "socket");
  const connections: Socket[] = [];
  const agent = createServer((connection) => {
    connections.push(connection.on("error", () => undefined));
    act(connection);
  });
  await new Promise<void>((resolve) => {
    agent.listen(socket, resolve);
  });
  const findings = await checkSshAgent(socket, 200);
  connections.forEach((connection) => connection.destroy());
  agent.close();
  expect(findings).toMatchObject([
    { problem: `is set in your environment, but the SSH agent there ${problem}` },
  ]);
});
