import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as z from "zod";
import { entriesBetween, isAfter, parseChangelog } from "../../../../scripts/lib/update/changelog.ts";

const changelog = `# Changelog

Each entry says something.

## 0.10.0 (2026-12-01)

### What happens on your server

- **The bot is restarted** once.

### What is new for you

- A command.

## 0.9.0 (2026-11-29)

### What is new for you

- Nothing on the server.

## 0.8.0 (2026-11-28)

### What happens on your server

- Old.
`;

test("the versions since the installed one are shown, the oldest first, with what they change on the server", () => {
  expect(entriesBetween(parseChangelog(changelog), "0.8.0", "0.10.0")).toEqual([
    { version: "0.9.0", onServer: "" },
    { version: "0.10.0", onServer: "- **The bot is restarted** once." },
  ]);
});

test("a version that is in the changelog and not fetched yet isn't shown", () => {
  const shown = entriesBetween(parseChangelog(changelog), "0.8.0", "0.9.0");
  expect(shown.map(({ version }) => version)).toEqual(["0.9.0"]);
});

test("versions are numbers, not texts", () => {
  expect(isAfter("0.10.0", "0.9.0")).toBe(true);
  expect(isAfter("0.9.0", "0.9.0")).toBe(false);
});

test("the real changelog has an entry for the version of this folder, and one for each earlier version", () => {
  const root = join(import.meta.dirname, "../../../..");
  const entries = parseChangelog(readFileSync(join(root, "CHANGELOG.md"), "utf8"));
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  expect(entries[0]?.version).toBe(version);
  expect(entries.map((entry) => entry.version)).toEqual(
    expect.arrayContaining(["0.2.0", "0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0"]),
  );
  expect(entries.find((entry) => entry.version === "0.7.0")?.onServer).toContain("server-status");
});
