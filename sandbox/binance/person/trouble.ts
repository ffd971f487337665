import { isIPv4 } from "node:net";
import type { BinanceControl, Verdict } from "../control.ts";
import { exactly, UsageError, type Verb, wholeNumber } from "./verb.ts";

export const troubleVerbs: Verb[] = [
  {
    name: "delist",
    words: "SYMBOL",
    about: "takes a symbol off the market",
    run: (control, words) => trade(control, words, false),
  },
  {
    name: "relist",
    words: "SYMBOL",
    about: "puts it back",
    run: (control, words) => trade(control, words, true),
  },
  {
    name: "ban",
    words: "ADDRESS SECONDS",
    about: "bans an address for its traffic: 418",
    run: (control, words) => {
      const [address = "", seconds = ""] = exactly(words, "ADDRESS", "SECONDS");
      return judge(control, [address], { kind: "ban", seconds: wholeNumber(seconds) });
    },
  },
  {
    name: "block",
    words: "ADDRESS",
    about: "lets the web application firewall turn an address away: 403",
    run: (control, words) => judge(control, words, { kind: "block" }),
  },
  {
    name: "restrict",
    words: "ADDRESS",
    about: "puts an address into a country that Binance doesn't serve: 451",
    run: (control, words) => judge(control, words, { kind: "restrict" }),
  },
  {
    name: "pardon",
    words: "ADDRESS",
    about: "forgets all about an address",
    run: (control, words) => judge(control, words, { kind: "pardon" }),
  },
  {
    name: "clock",
    words: "MILLISECONDS",
    about: "puts Binance's clock so far ahead, or behind with a minus sign",
    run: async (control, words) => {
      const [milliseconds = ""] = exactly(words, "MILLISECONDS");
      await control.setClockOffset(wholeNumber(milliseconds));
      return `Binance's clock is ${milliseconds} ms ahead.\n`;
    },
  },
];

async function trade(control: BinanceControl, words: string[], isTraded: boolean): Promise<string> {
  const [symbol = ""] = exactly(words, "SYMBOL");
  await control.setTrading(symbol, isTraded);
  return `${symbol} is ${isTraded ? "" : "not "}traded.\n`;
}

async function judge(control: BinanceControl, words: string[], verdict: Verdict): Promise<string> {
  const [address = ""] = exactly(words, "ADDRESS");
  if (!isIPv4(address)) {
    throw new UsageError(`"${address}" is no IPv4 address`);
  }
  await control.judge(address, verdict);
  return `${address}: ${verdict.kind}.\n`;
}
