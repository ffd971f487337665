import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { checklist } from "../../checklist/checklist.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { verificationPage } from "../../scripts/lib/report/verification-page.ts";
import { soundReply } from "../binance/support.ts";
import { soundEvidence, soundServer } from "../checklist/support.ts";
import { openPage, startBrowser } from "./browser.ts";

// The page of `npm run verify -- --html FILE` as somebody sees it who gets the file.

const refused = soundServer({ restrictions: { ok: true, value: { ...soundReply, ipRestrict: false } } });
const activated = {
  at: "2026-11-20T10:00:00.000Z",
  what: "activated",
  fingerprint: "0123456789ab",
  outcome: "",
};
let browser: Browser;
let address: string;

beforeAll(async () => {
  const folder = join(foldersOfThisRun().dir, "tmp");
  await mkdir(folder, { recursive: true });
  const file = join(folder, "evidence.html");
  const page = verificationPage({
    verification: {
      ipAddress: "203.0.113.10",
      keyPair: "0123456789ab",
      live: true,
      inPaperMode: false,
      keyName: '<img src="x">',
      at: Date.parse("2026-11-23T12:00:00Z"),
      findings: checklist(soundEvidence({ server: refused })),
      balances: [],
    },
    server: "trading-bot-prod",
    history: [activated],
  });
  await writeFile(file, page);
  address = pathToFileURL(file).href;
  browser = await startBrowser();
});

afterAll(async () => {
  await browser.close();
});

test("shows verdicts in their colours, and the browser refuses nothing and loads nothing else", async () => {
  const page = await openPage(browser);
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(address);
  expect(await page.title()).toBe("trading-bot-prod: fail, 2026-11-23 12:00:00 UTC");
  const colour = (selector: string) =>
    page.evaluate(`getComputedStyle(document.querySelector("${selector}")).color`);
  expect(await colour("td.fail")).toBe("rgb(207, 34, 46)");
  expect(await colour("td.pass")).toBe("rgb(26, 127, 55)");
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.getByText('"<img src="x">"').count()).toBe(1);
  expect(await page.getByRole("row", { name: "activated" }).count()).toBe(1);
  expect(complaints).toEqual([]);
  expect(requests).toEqual([address]);
});

test.each([
  ["a phone", 390],
  ["a screen", 1440],
])("fits into the width of %s", async (_, width) => {
  const page = await openPage(browser);
  await page.setViewportSize({ width, height: 800 });
  await page.goto(address);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
});
