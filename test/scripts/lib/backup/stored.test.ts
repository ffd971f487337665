import { expect, test } from "@jest/globals";
import { ageText, parseStored, snapshotId, storedTable } from "../../../../scripts/lib/backup/stored.ts";

// As restic 0.18 prints it.
const snapshot = (id: string, time: string) => ({
  time,
  tree: "8710437666693f3f6c69ca6e014222afef0e49b2a74cc24480be4ba86fc9a45f",
  paths: ["/bot.tar"],
  hostname: "trading-bot-prod",
  tags: ["trading-bot-server"],
  program_version: "restic 0.18.0",
  summary: { total_bytes_processed: 3 * 2 ** 20, data_added_packed: 2 ** 20 },
  id: id.repeat(64),
  short_id: id.repeat(8),
});

test("what is stored is listed with ids, ages and sizes, the latest first", () => {
  const found = parseStored(
    JSON.stringify([
      snapshot("a", "2026-11-25T02:40:00.592561513Z"),
      snapshot("b", "2026-11-26T03:40:00.5+01:00"),
    ]),
  );
  expect(storedTable(found ?? [], new Date("2026-11-26T12:40:00Z"))).toBe(
    "bbbbbbbb  2026-11-26 02:40 UTC    10 hours ago  3.0 MiB, 1.0 MiB new\n" +
      "aaaaaaaa  2026-11-25 02:40 UTC    34 hours ago  3.0 MiB, 1.0 MiB new\n",
  );
  expect(storedTable([], new Date())).toContain("No backup is stored yet");
});

test("anything else that a server sends isn't taken for a list", () => {
  for (const text of ["", "{}", "[{}]", JSON.stringify([{ ...snapshot("a", "today") }])]) {
    expect(parseStored(text)).toBeUndefined();
  }
});

test("an id is hex digits, and nothing that a shell could read otherwise", () => {
  expect(snapshotId("7eef27ce")).toBe("7eef27ce");
  expect(snapshotId(undefined)).toBeUndefined();
  expect(() => snapshotId("7eef27ce; reboot")).toThrow("8 to 64 hex digits");
});

test("an age is rounded", () => {
  expect([60_000, 3 * 3_600_000, 72 * 3_600_000].map(ageText)).toEqual(["1 minutes", "3 hours", "3 days"]);
});
