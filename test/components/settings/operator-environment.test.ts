import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { examineSshAgent } from "../../../components/settings/operator-environment.ts";

test("an SSH agent that is gone is told before a server is ordered", () => {
  expect(examineSshAgent("/nowhere/agent.1")).toMatchObject([
    { severity: "error", command: "unset SSH_AUTH_SOCK" },
  ]);
  expect(examineSshAgent(import.meta.filename)).toHaveLength(1);
});

test("a living agent, or none, is no problem", async () => {
  const socket = join(mkdtempSync(join(tmpdir(), "agent-")), "socket");
  const agent = createServer();
  await new Promise<void>((resolve) => {
    agent.listen(socket, resolve);
  });
  expect(examineSshAgent(socket)).toEqual([]);
  expect(examineSshAgent(undefined)).toEqual([]);
  expect(examineSshAgent("")).toEqual([]);
  agent.close();
});
