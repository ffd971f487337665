import { isIPv4 } from "node:net";
import type { AccessChange, BinanceControl } from "../control.ts";
import { exactly, UsageError, type Verb, wholeNumber } from "./verb.ts";

export const failureVerbs: Verb[] = [
  {
    name: "delist",
    args: "SYMBOL",
    about: "stops the trading of a symbol",
    run: (control, args) => trade(control, args, false),
  },
  {
    name: "relist",
    args: "SYMBOL",
    about: "resumes the trading of a symbol",
    run: (control, args) => trade(control, args, true),
  },
  {
    name: "ban",
    args: "ADDRESS SECONDS",
    about: "bans an address for its traffic: 418",
    run: (control, args) => {
      const [address = "", seconds = ""] = exactly(args, "ADDRESS", "SECONDS");
      return changeAccess(control, [address], { kind: "ban", seconds: wholeNumber(seconds) });
    },
  },
  {
    name: "block",
    args: "ADDRESS",
    about: "makes the web application firewall block an address: 403",
    run: (control, args) => changeAccess(control, args, { kind: "block" }),
  },
  {
    name: "restrict",
    args: "ADDRESS",
    about: "moves an address to a country that Binance doesn't serve: 451",
    run: (control, args) => changeAccess(control, args, { kind: "restrict" }),
  },
  {
    name: "pardon",
    args: "ADDRESS",
    about: "lifts every ban and block of an address",
    run: (control, args) => changeAccess(control, args, { kind: "pardon" }),
  },
  {
    name: "clock",
    args: "MILLISECONDS",
    about: "sets Binance's clock this far ahead, or behind if negative",
    run: async (control, args) => {
      const [milliseconds = ""] = exactly(args, "MILLISECONDS");
      await control.setClockOffset(wholeNumber(milliseconds));
      return `Binance's clock is ${milliseconds} ms ahead.\n`;
    },
  },
];

async function trade(control: BinanceControl, args: string[], isTraded: boolean): Promise<string> {
  const [symbol = ""] = exactly(args, "SYMBOL");
  await control.setTrading(symbol, isTraded);
  return `${symbol} is ${isTraded ? "" : "not "}traded.\n`;
}

async function changeAccess(control: BinanceControl, args: string[], change: AccessChange): Promise<string> {
  const [address = ""] = exactly(args, "ADDRESS");
  if (!isIPv4(address)) {
    throw new UsageError(`"${address}" isn't an IPv4 address`);
  }
  await control.changeAccess(address, change);
  return `${address}: ${change.kind}.\n`;
}
