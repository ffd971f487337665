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
    });
  });

  test("works for a program that doesn't read its input", async () => {
    expect(await capture("git", ["--version"], { input: "x".repeat(1_000_000) })).toMatchObject({ code: 0 });
  });

  test("returns a shell's exit code if a signal ends the program", async () => {
    expect(await capture("git", shell("kill -TERM $PPID; cat"))).toMatchObject({ code: 143 });
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
});
