import { randomBytes } from "node:crypto";
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import * as z from "zod";
import { run } from "../../../sandbox/command.ts";
import { until } from "../../../sandbox/until.ts";
import { binance } from "../binance.ts";
import { openPage, startBrowser } from "../browser.ts";
import { freqtrade, titleOfExample, usual } from "./freqtrade.ts";
import {
  logIn,
  openDashboard,
  openTrade,
  type PageOfBot,
  pages,
  pageSettings,
  requirementOf,
} from "./page.ts";
import { copyOf, openOrders, type RealBot, Session, symbol } from "./real-bot.ts";
import { recordSeen } from "./seen.ts";

// freqtrade's own page as its owner sees it: in a browser, through the tunnel of `npm run ui`.

// freqtrade takes a value of digits only for a number.
const password = `p${randomBytes(12).toString("hex")}`;
const secrets = {
  FREQTRADE__API_SERVER__PASSWORD: password,
  FREQTRADE__API_SERVER__JWT_SECRET_KEY: `k${randomBytes(24).toString("hex")}`,
};
const sysinfo = z.object({ cpu_pct: z.array(z.number()).min(1), ram_pct: z.number().positive() });

let session: Session;
let browser: Browser | undefined;
let tunnel: ReturnType<Session["stack"]["start"]> | undefined;

beforeAll(async () => {
  session = await Session.start("in-browser");
  await binance.pinPrice(symbol, usual);
});

afterAll(async () => {
  await session.stack.remove();
  await binance.releasePrice(symbol);
});

/** The example, with the page as one more package. */
async function folderWith(page: PageOfBot): Promise<string> {
  const folder = await copyOf("examples/freqtrade");
  const { archive, version } = page;
  await run(["python3", "examples/frequi/make_wheel.py", archive, version, join(folder, "wheels")]);
  await appendFile(join(folder, "requirements.txt"), `${requirementOf(page)}\n`);
  return folder;
}

/** freqtrade with this page. Each path of its settings has one value. */
function withPage(real: RealBot): RealBot {
  const { environment, ...others } = z
    .looseObject({ environment: z.record(z.string(), z.string()) })
    .parse(real.settings);
  const variables = Object.entries({ ...environment, ...pageSettings });
  const settings = {
    ...others,
    ui: 8080,
    ...Object.fromEntries(variables.map(([name, value]) => [`environment.${name}`, value])),
  };
  return { ...real, settings, secrets };
}

/** Opens the tunnel, and returns the address that the command prints. */
async function openTunnel(): Promise<string> {
  let printed = "";
  const child = session.stack.start("ui", ["--port", "18080"]);
  tunnel = child;
  for (const output of [child.stdout, child.stderr]) {
    output.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  }
  return until(
    () => /The bot's page: (\S+)/.exec(printed)?.[1],
    () => (child.exitCode === null ? undefined : `npm run ui has ended: ${printed}`),
  );
}

describe.each(await pages())("$name, in a browser", (served) => {
  let bot: RealBot;
  let hasBought = false;
  let page: Page;

  beforeAll(async () => {
    bot = withPage(freqtrade(titleOfExample, await folderWith(served), false));
  });

  afterAll(async () => {
    tunnel?.kill();
    await browser?.close();
    await session.uninstall();
  });

  test("is installed with freqtrade, which buys", async () => {
    await session.install(bot);
    await bot.buy(session);
    hasBought = true;
  }, 600_000);

  test("is opened at the address that `npm run ui` prints, and refuses a wrong password", async () => {
    expect(hasBought).toBe(true);
    browser = await startBrowser();
    page = await openPage(browser);
    await page.goto(`${await openTunnel()}/login`);
    await logIn(page, "wrong");
    await page.getByText("Login failed").waitFor();
  });

  test("shows its owner the open trade, by the password of bot.secrets, until the bot has sold", async () => {
    expect(hasBought).toBe(true);
    await logIn(page, password);
    await openDashboard(page, "BTC/USDC");
    await mkdir("reports", { recursive: true });
    await page.screenshot({ path: `reports/freqtrade-in-browser-${served.version}.png` });
    expect(session.stack.transcript).not.toContain(password);

    const trade = await openTrade(page, "BTC/USDC");
    await bot.sell(session);
    await trade.waitFor({ state: "hidden" });
    expect(await openOrders()).toEqual([]);
    recordSeen(titleOfExample, { page: "works" });
  });

  test("gets what psutil reads: the load of the processors, and the memory", async () => {
    expect(hasBought).toBe(true);
    const answer = await page.evaluate(
      `fetch("/api/v1/sysinfo", { headers: { Authorization: "Basic " + btoa("owner:${password}") } }).then((response) => response.json())`,
    );
    expect(sysinfo.safeParse(answer)).toMatchObject({ success: true });
  });
});
