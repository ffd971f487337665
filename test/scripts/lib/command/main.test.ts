import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { HetznerError } from "../../../../hetzner/failure.ts";
import { runMain } from "../../../../scripts/lib/command/main.ts";
import { UserError } from "../../../../scripts/lib/command/user-error.ts";

let printed = "";

beforeEach(() => {
  printed = "";
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

function failing(error: Error): () => never {
  return () => {
    throw error;
  };
}

test("the result is the exit code", async () => {
  await runMain(() => 1);
  expect([process.exitCode, printed]).toEqual([1, ""]);
});

test("a problem that the user can fix is shown without a stack trace", async () => {
  await runMain(failing(new UserError("Do this.")));
  expect([process.exitCode, printed]).toEqual([2, "Do this.\n"]);
});

test("a refusal of Hetzner is shown in its words, then what it means, and what to do", async () => {
  await runMain(failing(new HetznerError("token_readonly", "GET there: no (token_readonly).", 401)));
  expect(process.exitCode).toBe(2);
  expect(printed).toMatch(/^GET there: no \(token_readonly\)\.\nThe API token may only read\.\nCreate one /);
});

test("a refusal that isn't explained is shown as it is", async () => {
  await runMain(failing(new HetznerError("new_code", "GET there: no (new_code).", 400)));
  expect(printed).toBe("GET there: no (new_code).\n");
});

test("a mistake of ours is thrown, so that Node shows where it is", async () => {
  await expect(runMain(failing(new TypeError("x is undefined")))).rejects.toThrow("x is undefined");
  expect(printed).toBe("");
});
