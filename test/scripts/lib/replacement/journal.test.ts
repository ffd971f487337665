import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readJournal, removeJournal, writeJournal } from "../../../../scripts/lib/replacement/journal.ts";
import { openJournal, rebuild, savedState } from "./support.ts";

let parent = "";
let folder = "";

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "journal-"));
  folder = join(parent, "saved-state/prod");
});

afterEach(() => {
  rmSync(parent, { recursive: true });
});

test("a journal is read as it was written, until it is removed", () => {
  expect(readJournal(folder)).toBeUndefined();
  for (const journal of [
    openJournal({}),
    openJournal({ savedState, restoredOn: "2" }),
    openJournal({ rebuild }),
  ]) {
    writeJournal(folder, journal);
    expect(readJournal(folder)).toEqual(journal);
  }
  expect(readdirSync(folder)).toEqual(["replacement.json"]);
  removeJournal(folder);
  expect(readJournal(folder)).toBeUndefined();
});

test("a journal of version 0.5.0 is continued", () => {
  const { replaced, ...rest } = openJournal({ savedState });
  writeJournal(folder, openJournal({}));
  const file = join(folder, "replacement.json");
  writeFileSync(file, JSON.stringify({ ...rest, replacedId: Number(replaced), restoredOn: 2 }));
  expect(readJournal(folder)).toEqual(openJournal({ savedState, restoredOn: "2" }));
});

test("only its owner can read the folder and the journal", () => {
  writeJournal(folder, openJournal({}));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, "replacement.json")).mode & 0o777).toBe(0o600);
});

test.each(["", "{", "{}", JSON.stringify({ ...openJournal({}), version: 2 })])(
  "the journal %j is refused, with what to do",
  (text) => {
    writeJournal(folder, openJournal({}));
    writeFileSync(join(folder, "replacement.json"), text);
    expect(() => readJournal(folder)).toThrow("replacement.json can't be read.");
  },
);
