import { seenBots, tableOf } from "../e2e/real-bots/seen.ts";
import { betweenMarkers, rewrite } from "./written-docs.ts";

const start =
  "<!-- The table is written from what the campaigns have recorded by: node test/checks/bots-docs.ts -->";

/** The page of a bot, by the first word of its name. */
const pages: Partial<Record<string, string>> = {
  freqtrade: "freqtrade",
  NautilusTrader: "nautilus-trader",
  ccxt: "ccxt",
  "@binance/spot": "binance-spot",
  Hummingbot: "hummingbot",
};

/** Where a bot is described. */
export function pageOf(title: string): string {
  const page = pages[title.split(" ")[0] ?? ""];
  if (page === undefined) {
    throw new Error(`test/support/bots-docs.ts names no page for ${title}`);
  }
  return `bots/${page}.md`;
}

/** docs/bots.md, as it must be. @returns its path and its content */
export function botsDocs(): Promise<[string, string]> {
  const table = tableOf(seenBots(), (title) => `[${title}](${pageOf(title)})`);
  return rewrite("docs/bots.md", (text) => betweenMarkers(text, start, table));
}
