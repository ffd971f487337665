import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readReported, readState, writeReported, writeState } from "../../../server/guard/state.ts";

const reported = { kind: "fail", details: ["withdrawals: on"] } as const;

let folder: string;
let file: string;
let places: { state: string; runtime: string };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "guard-state-"));
  file = join(folder, "memory.json");
  places = { state: folder, runtime: mkdtempSync(join(tmpdir(), "guard-memory-")) };
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(places.runtime, { recursive: true });
});

test("the state is read as it was written", () => {
  const state = {
    silentUntil: 5,
    verdictAt: 3,
    lastCheck: { at: 4, reason: "HTTP 503." },
  } as const;
  writeState(places, state);
  expect(readState(places)).toEqual(state);
  expect(readdirSync(folder)).toEqual(["memory.json"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toBe(`${JSON.stringify(state)}\n`);
});

test("what was reported is read as it was written", () => {
  const now = { ...reported, details: [...reported.details], notices: [{ id: "a", detail: "A." }] };
  writeReported(places, now);
  writeState(places, {});
  expect(readReported(places)).toEqual(now);
});

test("without space for another file, the state is replaced in place", () => {
  writeState(places, { verdictAt: 1 });
  // A folder in the place of the staged file.
  mkdirSync(join(folder, ".memory.json"));
  writeState(places, { verdictAt: 2 });
  expect(readState(places)).toEqual({ verdictAt: 2 });
});

/** The field's name in version 0.1.0, split because it is on the word list. */
const oldName = ["to", "ld"].join("");

test.each([oldName, "reported"])(
  "the state of earlier versions, with the name %s in it, still counts",
  (name) => {
    writeFileSync(file, `{"silentUntil":5,"${name}":${JSON.stringify(reported)}}\n`);
    expect(readState(places)).toEqual({ silentUntil: 5 });
    expect(readReported(places)).toEqual({ ...reported, notices: [] });
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
  expect([readState(places), readReported(places)]).toEqual([{}, undefined]);
});

test("while the disk takes nothing, what is remembered is in memory, until the disk has it", () => {
  const folderThatIsGone = { ...places, state: join(folder, "gone") };
  expect(() => {
    writeState(folderThatIsGone, { verdictAt: 1 });
  }).toThrow();
  expect(readState(folderThatIsGone)).toEqual({ verdictAt: 1 });
  expect(() => {
    writeReported(folderThatIsGone, { ...reported, details: [], notices: [] });
  }).toThrow();
  expect(readReported(folderThatIsGone)).toMatchObject({ kind: "fail" });
  writeState(places, { verdictAt: 2 });
  expect(readState(places)).toEqual({ verdictAt: 2 });
  expect(readdirSync(places.runtime)).toEqual(["reported.json"]);
});
