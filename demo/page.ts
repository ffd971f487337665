import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { foldersOfThisRun } from "../sandbox/run-folders.ts";
import { until } from "../sandbox/until.ts";
import { chromiumIsThere, openPage, startBrowser } from "../test/e2e/browser.ts";
import { logIn, openDashboard, pages, pageSettings, requirementOf } from "../test/e2e/real-bots/page.ts";
import { announce, leftOut, run } from "./commands.ts";

// freqtrade's page, as its owner sees it.

// freqtrade takes a value of digits only for a number.
const password = `p${randomBytes(12).toString("hex")}`;

/** Whether there is a browser for it. */
export function canShowPage(): boolean {
  if (!chromiumIsThere()) {
    leftOut("freqtrade's page in a browser, because Chromium isn't installed: apt-get install chromium");
  }
  return chromiumIsThere();
}

/** Adds the page to the program's folder, and the settings that let freqtrade serve it. */
export async function addPage(folder: string): Promise<void> {
  // FreqUI, if it is there.
  const [ours, frequi] = await pages();
  const served = frequi ?? ours;
  await run(`python3 examples/frequi/make_wheel.py ${served.archive} ${served.version} ${folder}/wheels`);
  await run(`echo ${requirementOf(served)} >> ${folder}/requirements.txt`);
  const variables = Object.entries(pageSettings).map(
    ([name, value]) => `--plaintext bot.environment.${name}=${value}`,
  );
  await run(`pulumi config set-all --path --plaintext bot.ui=8080 ${variables.join(" ")}`);
  const secret = "pulumi config set --secret --path bot.secrets.FREQTRADE__API_SERVER__";
  await run(`${secret}PASSWORD`, password);
  await run(`${secret}JWT_SECRET_KEY`, `k${randomBytes(24).toString("hex")}`);
}

/** Opens the tunnel, logs in, and takes a screenshot. */
export async function showPage(): Promise<void> {
  const browser = await startBrowser();
  const line = "npm run --silent ui";
  announce(line, "   (until the browser has the page)");
  // Its own process group, so that Ctrl-C can be sent to all of it.
  const tunnel = spawn("bash", ["-c", line], {
    cwd: foldersOfThisRun().project,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  try {
    let printed = "";
    tunnel.stdout.on("data", (chunk: Buffer) => {
      process.stdout.write(chunk);
      printed += chunk.toString();
    });
    const address = await until(
      () => /The bot's page: (\S+)/.exec(printed)?.[1],
      () => (tunnel.exitCode === null ? undefined : "npm run ui has ended"),
    );
    const page = await openPage(browser);
    // A page that doesn't appear must not hold up the demo for good.
    page.setDefaultTimeout(120_000);
    await page.goto(`${address}/login`);
    await logIn(page, password);
    await openDashboard(page, "BTC/USDC");
    const path = join(process.cwd(), "reports", "demo-freqtrade.png");
    await mkdir(join(process.cwd(), "reports"), { recursive: true });
    await page.screenshot({ path });
    process.stdout.write(`\nThe browser shows the open trade. Its screenshot: ${path}\n`);
  } finally {
    await browser.close();
    if (tunnel.pid !== undefined) {
      process.kill(-tunnel.pid, "SIGINT");
    }
  }
}
