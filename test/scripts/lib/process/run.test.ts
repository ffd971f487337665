import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import { capture, stream } from "../../../../scripts/lib/process/run.ts";

/** Arguments with which git runs this shell script. */
function shell(script: string, ...args: string[]): string[] {
  return ["-c", `alias.run=!run() { ${script}; }; run`, "run", ...args];
}

describe("capture", () => {
  test("passes arguments and input, and returns output and exit code", async () => {
    const args = shell('echo "$1"; cat; echo problem >&2; exit 3', "a b $HOME");
    expect(await capture("git", args, { input: "secret" })).toEqual({
      code: 3,
      stdout: "a b $HOME\nsecret",
      stderr: "problem\n",
      isTooLong: false,
    });
  });

  test("works for a program that doesn't read its input", async () => {
    expect(await capture("git", ["--version"], { input: "x".repeat(1_000_000) })).toMatchObject({ code: 0 });
  });

  test("returns a shell's exit code if a signal ends the program", async () => {
    expect(await capture("git", shell("kill -TERM $PPID; cat"))).toMatchObject({ code: 143 });
  });

  test.each(["", ">&2"])("ends a program that prints without end %s", async (to) => {
    const output = await capture("git", shell(`while echo line ${to}; do :; done`), { limit: 1000 });
    expect(output.isTooLong).toBe(true);
    expect(output.stdout.length + output.stderr.length).toBeLessThanOrEqual(1000);
  });

  test("ends a program that never ends on a signal of ours", async () => {
    const controller = new AbortController();
    const captured = capture("git", shell("while sleep 0.1; do :; done"), { signal: controller.signal });
    controller.abort();
    expect((await captured).code).toBeGreaterThan(128);
  });
});

describe("stream", () => {
  test("carries input and output, and returns the exit code", async () => {
    const output = new PassThrough();
    const input = Readable.from(["one ", "two"]);
    const code = await stream("git", shell("cat; exit 4"), { input, output });
    output.end();
    expect([code, await text(output)]).toEqual([4, "one two"]);
  });

  test("ends the program if nobody reads its output any more", async () => {
    const output = new PassThrough();
    output.once("data", () => output.destroy(new Error("closed")));
    expect(await stream("git", shell("while echo line; do :; done"), { output })).toBe(0);
  });

  test("ends a program that never ends on a signal of ours", async () => {
    const controller = new AbortController();
    const output = new PassThrough();
    output.once("data", () => {
      controller.abort();
    });
    const { signal } = controller;
    const code = await stream("git", shell("while echo line; do sleep 0.1; done"), { output, signal });
    expect(code).toBeGreaterThan(128);
  });
});
