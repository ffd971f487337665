import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { checkSshAgent } from "../../../../components/settings/checks/ssh-agent.ts";

test("an SSH agent that no longer runs is reported before a server is ordered", () => {
  const finding = {
    severity: "error",
    setting: "SSH_AUTH_SOCK",
    problem: "is set in your environment, but no SSH agent listens there",
    explanation:
      "The connection to the server would fail. This program needs no agent, so remove the variable:",
    command: "unset SSH_AUTH_SOCK",
  };
  expect(checkSshAgent("/nowhere/agent.1")).toEqual([finding]);
  expect(checkSshAgent(import.meta.filename)).toEqual([finding]);
});

test("an agent that runs is fine, and so is none", async () => {
  const socket = join(mkdtempSync(join(tmpdir(), "agent-")), "socket");
  const agent = createServer();
  await new Promise<void>((resolve) => {
    agent.listen(socket, resolve);
  });
  expect(checkSshAgent(socket)).toEqual([]);
  expect(checkSshAgent(undefined)).toEqual([]);
  expect(checkSshAgent("")).toEqual([]);
  agent.close();
});
