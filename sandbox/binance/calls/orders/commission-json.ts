import { formatDecimal } from "../../decimal.ts";
import type { Exchange } from "../../state/exchange.ts";
import { bnbDiscount, standardRate } from "../../trading/commission.ts";

const rate = formatDecimal(standardRate);
const nothing = formatDecimal(0n);

/** The rates of an order, as a test order returns them. */
export function commissionsForOrder({ account }: Exchange): object {
  return {
    standardCommissionForOrder: { maker: rate, taker: rate },
    specialCommissionForOrder: { maker: nothing, taker: nothing },
    taxCommissionForOrder: { maker: nothing, taker: nothing },
    discount: discountJson(account),
  };
}

/** The rates of a symbol. */
export function commissionsOfSymbol({ account }: Exchange, symbol: string): object {
  const none = { maker: nothing, taker: nothing, buyer: nothing, seller: nothing };
  return {
    symbol,
    standardCommission: { ...none, maker: rate, taker: rate },
    specialCommission: none,
    taxCommission: none,
    discount: discountJson(account),
  };
}

function discountJson({ paysCommissionInBnb }: Exchange["account"]): object {
  return {
    enabledForAccount: paysCommissionInBnb,
    enabledForSymbol: paysCommissionInBnb,
    discountAsset: "BNB",
    discount: formatDecimal(bnbDiscount),
  };
}
