import { afterEach, beforeEach, expect, test } from "@jest/globals";
import * as z from "zod";
import { NoAgent, runByAgent } from "../../../machines/virtual/guest-agent.ts";
import { type FakeSocket, fakeSocket } from "./fake-socket.ts";

const request = z.object({ execute: z.string(), arguments: z.record(z.string(), z.unknown()) });
const base64 = (text: string) => Buffer.from(text).toString("base64");

let agent: FakeSocket;
let looks: number;
let started: unknown;

beforeEach(async () => {
  looks = 0;
  started = undefined;
  agent = await fakeSocket(
    () => undefined,
    (line, client) => {
      const { execute, arguments: args } = request.parse(JSON.parse(line));
      const send = (value: unknown) => client.write(`${JSON.stringify(value)}\n`);
      if (execute === "guest-sync") {
        // Before it, an answer to an earlier client.
        send({ return: 7 });
        send({ return: args.id });
      } else if (execute === "guest-exec" && args.path === "nothing") {
        send({ error: { desc: "No such file or directory" } });
      } else if (execute === "guest-exec") {
        started = args;
        send({ return: { pid: 42 } });
      } else {
        looks += 1;
        const end = { exited: true, exitcode: 3, "out-data": base64("out"), "err-data": base64("err") };
        send({ return: looks < 2 ? { exited: false } : end });
      }
    },
  );
});

afterEach(() => agent.end());

test("a command's end is waited for, and its output and exit code are returned", async () => {
  expect(await runByAgent(agent.path, ["cat", "-n"], { stdin: "input" })).toEqual({
    code: 3,
    stdout: "out",
    stderr: "err",
  });
  expect(looks).toBe(2);
  expect(started).toEqual({
    path: "cat",
    arg: ["-n"],
    "input-data": base64("input"),
    "capture-output": true,
  });
});

test("a program that isn't there is an error with the reason", async () => {
  await expect(runByAgent(agent.path, ["nothing"], {})).rejects.toThrow("No such file or directory");
});

test("a machine without an agent is a separate error", async () => {
  await expect(runByAgent(`${agent.path}-of-nobody`, ["true"], {})).rejects.toThrow(NoAgent);
});
