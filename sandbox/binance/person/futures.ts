import type { BinanceControl } from "../control.ts";
import { decimalNumber, exactly, fillArgs, type Verb } from "./verb.ts";

export const futuresVerbs: Verb[] = [
  {
    name: "futures",
    args: "",
    about: "shows the futures account: its wallet, positions and open orders",
    run: async (control, args) => {
      exactly(args);
      const { wallet, positions, orders } = await control.futures();
      return [
        `wallet ${wallet} USDT\n`,
        ...positions.map(
          ({ symbol, side, amount, entryPrice, unrealizedProfit }) =>
            `position ${amount} ${symbol} (${side}) from ${entryPrice}, profit ${unrealizedProfit}\n`,
        ),
        ...orders.map(
          ({ id, symbol, side, type, price, triggerPrice, quantity, executed }) =>
            `${id}. ${side} ${quantity} ${symbol} ${type}\n  price ${price}, trigger price ${triggerPrice}, executed ${executed}\n`,
        ),
      ].join("");
    },
  },
  {
    name: "futures-fill",
    args: "ORDER-ID [QUANTITY]",
    about: "fills an order of the futures account at its price, or a part of it",
    run: async (control, args) => {
      const [id, fill] = fillArgs(args);
      await control.fillFuturesOrder(id, fill);
      return `Order ${id} was filled.\n`;
    },
  },
  {
    name: "futures-deposit",
    args: "AMOUNT",
    about: "adds USDT to the futures wallet",
    run: (control, args) => transfer(control, "deposit", args),
  },
  {
    name: "futures-withdraw",
    args: "AMOUNT",
    about: "takes USDT from the futures wallet",
    run: (control, args) => transfer(control, "withdraw", args),
  },
];

async function transfer(
  control: BinanceControl,
  kind: "deposit" | "withdraw",
  args: string[],
): Promise<string> {
  const [amount = ""] = exactly(args, "AMOUNT");
  await control.transferFutures({ kind, amount: decimalNumber(amount) });
  return `${kind}: ${amount} USDT.\n`;
}
