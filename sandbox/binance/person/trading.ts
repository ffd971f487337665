import type { BinanceControl, ListedOrder, TradeList } from "../control.ts";
import { decimalNumber, exactly, fillArgs, UsageError, type Verb } from "./verb.ts";

export const tradingVerbs: Verb[] = [
  {
    name: "orders",
    args: "[SYMBOL]",
    about: "lists the open orders",
    run: async (control, args) => {
      const [symbol] = args.length === 0 ? [] : exactly(args, "SYMBOL");
      const orders = await control.orders({ only: "open", ...(symbol === undefined ? {} : { symbol }) });
      return orders.length === 0 ? "There are no open orders.\n" : orders.map(described).join("");
    },
  },
  {
    name: "trades",
    args: "SYMBOL",
    about: "lists the account's trades of a symbol, and their profit or loss",
    run: async (control, args) => {
      const [symbol = ""] = exactly(args, "SYMBOL");
      return describedTrades(await control.trades(symbol));
    },
  },
  {
    name: "fill",
    args: "ORDER-ID [QUANTITY]",
    about: "fills an order at its price, or a part of it",
    run: async (control, args) => {
      const filled = await control.fillOrder(...fillArgs(args));
      return described(filled);
    },
  },
  {
    name: "deposit",
    args: "ASSET AMOUNT",
    about: "adds to what is free of an asset",
    run: (control, args) => transfer(control, "deposit", args),
  },
  {
    name: "withdraw",
    args: "ASSET AMOUNT",
    about: "takes from what is free of an asset",
    run: (control, args) => transfer(control, "withdraw", args),
  },
  {
    name: "forbid",
    args: "SYMBOLS|none",
    about: "the symbols, separated by commas, that the account may not trade: -2010",
    run: async (control, args) => {
      const [list = ""] = exactly(args, "SYMBOLS or none");
      await control.editAccount({ forbiddenSymbols: list === "none" ? [] : list.split(",") });
      return list === "none"
        ? "The account may trade all symbols.\n"
        : `The account may not trade ${list}.\n`;
    },
  },
  {
    name: "reduce-only",
    args: "on|off",
    about: "makes the account one that may only sell",
    run: async (control, args) => {
      const isReduceOnly = isOn(args);
      await control.editAccount({ isReduceOnly });
      return isReduceOnly ? "The account may only sell.\n" : "The account may buy and sell.\n";
    },
  },
  {
    name: "bnb-commission",
    args: "on|off",
    about: "pays commissions in BNB, with a discount, as long as there is enough of it",
    run: async (control, args) => {
      const paysCommissionInBnb = isOn(args);
      await control.editAccount({ paysCommissionInBnb });
      return `Commissions are ${paysCommissionInBnb ? "" : "not "}paid in BNB.\n`;
    },
  },
  {
    name: "unknown-order",
    args: "placed|lost",
    about: "answers the next order with -1007, which doesn't say if it was placed",
    run: async (control, args) => {
      const [word = ""] = exactly(args, "placed or lost");
      if (word !== "placed" && word !== "lost") {
        throw new UsageError(`the order is placed or lost, not "${word}"`);
      }
      await control.answerNextOrderUnknown({ isPlaced: word === "placed" });
      return `The next order will be answered with -1007, and ${word === "placed" ? "" : "not "}placed.\n`;
    },
  },
];

async function transfer(
  control: BinanceControl,
  kind: "deposit" | "withdraw",
  args: string[],
): Promise<string> {
  const [asset = "", amount = ""] = exactly(args, "ASSET", "AMOUNT");
  await control.transfer({ kind, asset, amount: decimalNumber(amount) });
  return `${kind}: ${amount} ${asset}.\n`;
}

function isOn(args: string[]): boolean {
  const [word = ""] = exactly(args, "on or off");
  if (word !== "on" && word !== "off") {
    throw new UsageError(`it is on or off, not "${word}"`);
  }
  return word === "on";
}

function describedTrades({ trades, result }: TradeList): string {
  const { baseAsset: base, quoteAsset: quote, paid, received, left, worth, profit, fees } = result;
  const lines = trades.map(
    ({ side, quantity, price, cost, fee, feeAsset, time }) =>
      `${time} ${side.padEnd(4)} ${quantity} ${base} at ${price} for ${cost} ${quote}, fee ${fee} ${feeAsset}`,
  );
  const costs = Object.entries(fees).map(([asset, amount]) => `${amount} ${asset}`);
  // Fees in a third asset, such as BNB, have no price here.
  const others = Object.keys(fees).filter((asset) => asset !== base && asset !== quote);
  return [
    ...lines,
    `Paid ${paid} ${quote}, received ${received} ${quote}, fees ${costs.join(" and ") || "none"}.`,
    `Left of it: ${left} ${base}, worth ${worth} ${quote} now.`,
    `${profit.startsWith("-") ? "Loss" : "Profit"}: ${profit.replace("-", "")} ${quote}` +
      `${others.length === 0 ? "" : `, without the fees in ${others.join(" and ")}`}.`,
    "",
  ].join("\n");
}

function described(order: ListedOrder): string {
  const { orderId, symbol, side, type, status, quantity, executed, price, stopPrice } = order;
  return `${orderId}. ${side} ${quantity} ${symbol} ${type} (${status}, ${order.clientOrderId})
  price ${price}, stop price ${stopPrice}, executed ${executed}
`;
}
