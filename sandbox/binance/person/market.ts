import type { BinanceControl } from "../control.ts";
import { exactly, UsageError, type Verb, wholeNumber } from "./verb.ts";

export const marketVerbs: Verb[] = [
  {
    name: "price",
    args: "SYMBOL",
    about: "shows the price of the latest trade",
    run: async (control, args) => {
      const [symbol = ""] = exactly(args, "SYMBOL");
      const { price, time } = await control.price(symbol);
      return `${symbol} was traded at ${price} at ${time}.\n`;
    },
  },
  {
    name: "move-price",
    args: "SYMBOL PRICE [SECONDS]",
    about: "moves a price, at once or within this time; it keeps moving afterwards",
    run: async (control, args) => {
      const all = args.length === 2 ? [...args, "0"] : args;
      const [symbol = "", price = "", seconds = "0"] = exactly(all, "SYMBOL", "PRICE", "SECONDS");
      const from = await control.movePrice(symbol, price, wholeNumber(seconds) * 1000);
      return `${symbol} is at ${price} at ${from.toISOString()}.\n`;
    },
  },
  {
    name: "pin-price",
    args: "SYMBOL PRICE",
    about: "holds a price until it is moved or released",
    run: async (control, args) => {
      const [symbol = "", price = ""] = exactly(args, "SYMBOL", "PRICE");
      const from = await control.pinPrice(symbol, price);
      return `${symbol} is held at ${price} from ${from.toISOString()} on.\n`;
    },
  },
  {
    name: "release-price",
    args: "SYMBOL",
    about: "undoes every move of a price",
    run: async (control, args) => {
      const [symbol = ""] = exactly(args, "SYMBOL");
      const from = await control.releasePrice(symbol);
      return `${symbol} moves freely from ${from.toISOString()} on.\n`;
    },
  },
  {
    name: "maintenance",
    args: "on|off",
    about: "begins or ends a maintenance, during which every call is answered with 503",
    run: async (control, args) => {
      const isInMaintenance = isOn(args);
      await control.editService({ isInMaintenance });
      return `Binance is ${isInMaintenance ? "" : "not "}under maintenance.\n`;
    },
  },
  {
    name: "slow",
    args: "MILLISECONDS",
    about: "makes every answer take this long; 0 ends it",
    run: (control, args) => slowDown(control, args),
  },
];

function isOn(args: string[]): boolean {
  const [state = ""] = exactly(args, "on or off");
  if (state !== "on" && state !== "off") {
    throw new UsageError(`maintenance is on or off, not "${state}"`);
  }
  return state === "on";
}

async function slowDown(control: BinanceControl, args: string[]): Promise<string> {
  const [milliseconds = ""] = exactly(args, "MILLISECONDS");
  await control.editService({ delay: wholeNumber(milliseconds) });
  return `Every answer takes ${milliseconds} ms.\n`;
}
