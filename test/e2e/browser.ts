import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const program = "/usr/bin/chromium";

/** Whether Debian's Chromium is installed. */
export function chromiumIsThere(): boolean {
  return existsSync(program);
}

/** Debian's Chromium without a window. Its profile is its own, and is deleted when it is closed. */
export async function startBrowser(): Promise<Browser> {
  if (!chromiumIsThere()) {
    throw new Error(
      "This test needs Debian's Chromium. Run it by npm run test:campaigns, which installs it, or install it yourself: bash test/install-browser.sh",
    );
  }
  // Chromium's own sandbox doesn't work for root. Only pages of the private internet are opened here.
  return chromium.launch({ executablePath: program, chromiumSandbox: false, timeout: 0 });
}

/** A new page without time limits: a slow machine isn't a failure. */
export async function openPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(0);
  return page;
}
