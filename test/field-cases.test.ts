import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

const page = readFileSync("docs/field-cases.md", "utf8");

test("each test that docs/field-cases.md names exists", () => {
  const named = [...new Set([...page.matchAll(/`(test\/[^`]+)`/g)].map(([, path = ""]) => path))];
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

test("each case has a test, or names the page that states the limit", () => {
  const rows = page
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (what went wrong|-)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((row) => !/`test\/|\.md[#)]/.test(row))).toEqual([]);
});
