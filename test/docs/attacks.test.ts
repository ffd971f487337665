import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/attacks.md"), "utf8");

/** Each row of the page's tables: what was tried, and the tests that it names. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (attempt|-)/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, attempt = "", , tests = ""]): [string, { name: string; file: string }[]] => [
    attempt,
    [...tests.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+)\)/g)].map(([, name = "", file = ""]) => ({ name, file })),
  ]);

/** Whether a file has a test, or a flood, of this name. Python's names have underscores. */
function has({ name, file }: { name: string; file: string }): boolean {
  const path = join(root, file);
  if (!existsSync(path)) {
    return false;
  }
  const text = readFileSync(path, "utf8");
  return file.endsWith(".py")
    ? text.includes(`def test_${name.replaceAll(" ", "_")}(`)
    : text.includes(`"${name}",`) || text.includes(`"${name}": \``) || text.includes(`\n  ${name}: \``);
}

describe("docs/attacks.md", () => {
  test.each(rows)("%s: the tests that show it exist", (_, tests) => {
    expect(tests).not.toEqual([]);
    expect(tests.filter((named) => !has(named))).toEqual([]);
  });

  test("names each flood of the campaign", () => {
    const floods = readFileSync(join(root, "test/e2e/floods.ts"), "utf8");
    const names = [...floods.matchAll(/^ {2}(?:"([^"]+)"|(\w+)): `/gm)].map(
      ([, quoted, plain]) => quoted ?? plain,
    );
    const named = rows.flatMap(([, tests]) => tests.map(({ name }) => name));
    expect(names.length).toBeGreaterThan(12);
    expect(
      names.filter((name) => name !== undefined && !/^i?avail$/.test(name) && !named.includes(name)),
    ).toEqual([]);
  });
});
