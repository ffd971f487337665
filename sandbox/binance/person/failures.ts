import { isIPv4 } from "node:net";
import type { AccessChange, BinanceControl } from "../control.ts";
import { exactly, UsageError, type Verb, wholeNumber } from "./verb.ts";

export const failureVerbs: Verb[] = [
  {
    name: "delist",
    args: "SYMBOL",
    about: "takes a symbol off the market",
    run: (control, args) => trade(control, args, false),
  },
  {
    name: "relist",
    args: "SYMBOL",
    about: "puts it back",
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
    about: "lets the web application firewall turn an address away: 403",
    run: (control, args) => changeAccess(control, args, { kind: "block" }),
  },
  {
    name: "restrict",
    args: "ADDRESS",
    about: "puts an address into a country that Binance doesn't serve: 451",
    run: (control, args) => changeAccess(control, args, { kind: "restrict" }),
  },
  {
    name: "pardon",
    args: "ADDRESS",
    about: "forgets all about an address",
    run: (control, args) => changeAccess(control, args, { kind: "pardon" }),
  },
  {
    name: "clock",
    args: "MILLISECONDS",
    about: "puts Binance's clock so far ahead, or behind with a minus sign",
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

async function changeAccess(
  control: BinanceControl,
  args: string[],
  accessChange: AccessChange,
): Promise<string> {
  const [address = ""] = exactly(args, "ADDRESS");
  if (!isIPv4(address)) {
    throw new UsageError(`"${address}" is no IPv4 address`);
  }
  await control.changeAccess(address, accessChange);
  return `${address}: ${accessChange.kind}.\n`;
}
