import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { columns, seenBots } from "../e2e/real-bots/seen.ts";
import { botsDocs, pageOf } from "../support/bots-docs.ts";

const folder = "test/e2e/real-bots";
const campaigns = readdirSync(folder)
  .filter((file) => file.endsWith(".campaign.test.ts"))
  .map((file) => readFileSync(join(folder, file), "utf8"));
const titles = Object.keys(seenBots());

test("the table of docs/bots.md is what was recorded. If this fails: node test/checks/bots-docs.ts", async () => {
  const [path, expected] = await botsDocs();
  expect(readFileSync(path, "utf8")).toBe(expected);
});

describe.each(titles)("%s", (title) => {
  test("is tested by a campaign under this name, and has a value in each column", () => {
    expect(campaigns.filter((text) => text.includes(JSON.stringify(title)))).toHaveLength(1);
    expect(Object.keys(seenBots()[title]?.cells ?? {}).toSorted()).toEqual([...columns].toSorted());
  });

  test("is pinned to this version by its example, and its page names the version", () => {
    const [name = "", version = ""] = title.replace(",", "").split(" ");
    const pinned = pinsOfExamples().filter((pin) => pin.name === name.toLowerCase());
    expect(pinned).toContainEqual({ name: name.toLowerCase(), version });
    expect(readFileSync(join("docs", pageOf(title)), "utf8")).toContain(`${name} ${version}`);
  });
});

test("each campaign with a real bot is in the record", () => {
  const tested = campaigns.filter((text) => text.includes("testRealBot("));
  expect(tested.length).toBeGreaterThan(0);
  expect(tested.filter((text) => !titles.some((title) => text.includes(JSON.stringify(title))))).toEqual([]);
});

/** What the examples require. */
function pinsOfExamples(): { name: string; version: string }[] {
  const files = readdirSync("examples").flatMap((example) =>
    ["requirements.txt", "package.json"].map((file) => join("examples", example, file)),
  );
  return files.filter(existsSync).flatMap((file) =>
    [
      ...readFileSync(file, "utf8").matchAll(
        /^\s*(?:\.\/wheels\/|")?(?<name>[\w@/-]+?)(?:": "|==|-(?=[\d.]+-cp))(?<version>[\d.]+)/gm,
      ),
    ].map(({ groups }) => ({
      // NautilusTrader's package has a hyphen in its name.
      name: (groups?.name ?? "").replace("nautilus-trader", "nautilustrader"),
      version: groups?.version ?? "",
    })),
  );
}
