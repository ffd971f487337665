import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { run } from "../../../sandbox/command.ts";
import { foldersOfThisRun } from "../../../sandbox/run-folders.ts";

// freqtrade's own page. FreqUI isn't in any package index, so ours in page/ takes its place. It calls the same API. A release
// of FreqUI is tested as well if it is in this folder, as frequi-VERSION.zip.

const here = import.meta.dirname;

export interface PageOfBot {
  name: string;
  /** A zip file, from which examples/frequi/make_wheel.py makes a package. */
  archive: string;
  version: string;
}

/** Ours, and FreqUI if it is there. */
export async function pages(): Promise<[PageOfBot, ...PageOfBot[]]> {
  const releases = (await readdir(here)).flatMap((file) => {
    const version = /^frequi-([\d.]+)\.zip$/.exec(file)?.[1];
    return version === undefined ? [] : [{ archive: join(here, file), version, name: `FreqUI ${version}` }];
  });
  const archive = join(foldersOfThisRun().dir, "tmp", "page.zip");
  await run(["python3", "-m", "zipfile", "-c", archive, join(here, "page/index.html")]);
  return [{ archive, version: "0", name: "a small page of this project for freqtrade's API" }, ...releases];
}

/** The line of requirements.txt for the package that make_wheel.py writes into a program's folder "wheels". */
export function requirementOf({ version }: PageOfBot): string {
  return `./wheels/frequi-${version}-py3-none-any.whl`;
}

/** The bot's settings for its page, besides its password. */
export const pageSettings = {
  FREQTRADE__API_SERVER__ENABLED: "true",
  FREQTRADE__API_SERVER__LISTEN_IP_ADDRESS: "127.0.0.1",
  FREQTRADE__API_SERVER__LISTEN_PORT: "8080",
  FREQTRADE__API_SERVER__USERNAME: "owner",
};

/** Fills in the form and sends it, as the owner does. */
export async function logIn(page: Page, password: string): Promise<void> {
  await page.getByRole("textbox", { name: "Username" }).fill(pageSettings.FREQTRADE__API_SERVER__USERNAME);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Submit" }).click();
}

/** Waits until the login is done, and shows what FreqUI calls its dashboard, with a trade of this pair. */
export async function openDashboard(page: Page, pair: string): Promise<void> {
  await page.getByRole("button", { name: "Submit" }).waitFor({ state: "hidden" });
  await page.goto(new URL("/dashboard", page.url()).href);
  await page.getByText(pair).first().waitFor();
}

/** What says on the page with nothing but open trades that there is one of this pair. */
export async function openTrade(page: Page, pair: string): Promise<Locator> {
  await page.goto(new URL("/open_trades", page.url()).href);
  const trade = page.getByText(pair).first();
  await trade.waitFor();
  return trade;
}
