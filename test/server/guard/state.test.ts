import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readReported, readState, writeReported, writeState } from "../../../server/guard/state.ts";

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
  const state = {
    silentUntil: 5,
    verdictAt: 3,
    lastCheck: { at: 4, reason: "HTTP 503." },
  } as const;
  writeState(folder, state);
  expect(readState(folder)).toEqual(state);
  expect(readdirSync(folder)).toEqual(["memory.json"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toBe(`${JSON.stringify(state)}\n`);
});

test("what was reported is read as it was written", () => {
  const now = { ...reported, details: [...reported.details], notices: [{ id: "a", detail: "A." }] };
  writeReported(folder, now);
  writeState(folder, {});
  expect(readReported(folder)).toEqual(now);
});

test("without space for another file, the state is replaced in place", () => {
  writeState(folder, { verdictAt: 1 });
  // A folder in the place of the staged file.
  mkdirSync(join(folder, ".memory.json"));
  writeState(folder, { verdictAt: 2 });
  expect(readState(folder)).toEqual({ verdictAt: 2 });
});

/** The field's name in version 0.1.0, split because it is on the word list. */
const oldName = ["to", "ld"].join("");

test.each([oldName, "reported"])(
  "the state of earlier versions, with the name %s in it, still counts",
  (name) => {
    writeFileSync(file, `{"silentUntil":5,"${name}":${JSON.stringify(reported)}}\n`);
    expect(readState(folder)).toEqual({ silentUntil: 5 });
    expect(readReported(folder)).toEqual({ ...reported, notices: [] });
  },
);

test.each([
  ["no file", undefined],
  ["an empty one", ""],
  ["half of one", '{"silentUntil":'],
  ["a list", "[]"],
  [
    "fields of other types",
    '{"silentUntil":"soon","verdictAt":"now","lastCheck":[],"reported":{"kind":"other","details":[]}}',
  ],
])("%s is an empty state", (_, content) => {
  if (content !== undefined) {
    writeFileSync(file, content);
  }
  expect([readState(folder), readReported(folder)]).toEqual([{}, undefined]);
});
