import { describeFailure, type Failure, type Result } from "../../../binance/failure.ts";
import type { LeftOpen, Market } from "../../../binance/open-orders.ts";
import { leftOpenText, marketOf, unreadText } from "../../../checklist/left-open.ts";
import { type Account, readOpen, readRestrictions } from "./through-server.ts";

/** What is open in a market, as far as it could be read. */
export interface OpenInMarket {
  market: Market;
  open: LeftOpen;
}

export interface OpenInMarkets {
  /** The markets of which something could be read. */
  read: OpenInMarket[];
  /** What could not be read, and why. */
  problems: string[];
  /** Why the other market wasn't read. */
  note?: string;
}

/** The permission to trade in a market, as Binance's reply names it. */
const tradingPermission = { spot: "enableSpotAndMarginTrading", futures: "enableFutures" } as const;

/**
 * Reads what is open in the market of the setting `permissions`, and in the other one if the key may trade there: the setting
 * may have been changed since the key was installed, and so may the key's permissions.
 */
export async function readMarkets(account: Account): Promise<OpenInMarkets> {
  const { market } = account;
  const declared = await readOpen(account);
  const read = declared.ok ? [{ market, open: declared.value }] : [];
  const problems = declared.ok ? [] : [leftOpenText(declared, market)];
  if (!mayReadMore(declared)) {
    return { read, problems };
  }
  const other = market.name === "spot" ? marketOf.futures : marketOf.spot;
  const restrictions = await readRestrictions(account);
  if (!restrictions.ok) {
    const unknown = `Whether this key also trades ${other.name} could not be read: ${describeFailure(restrictions.failure)}.`;
    return { read, problems: declared.ok ? [`${unknown} Look at it yourself on binance.com.`] : problems };
  }
  if (restrictions.value[tradingPermission[other.name]] !== true) {
    return { read, problems, note: `Only ${market.name} was read: this key may not trade ${other.name}.` };
  }
  const named = declared.ok ? [] : [unreadOf(market, declared.failure)];
  const open = await readOpen({ ...account, market: other });
  return open.ok
    ? { read: [...read, { market: other, open: open.value }], problems: named }
    : { read, problems: [...named, unreadOf(other, open.failure)] };
}

/** After failures that aren't about a permission, more requests could be pointless, or prolong a ban. */
function mayReadMore(declared: Result<LeftOpen>): boolean {
  const failures = declared.ok ? declared.value.unread.map(({ failure }) => failure) : [declared.failure];
  return failures.every((failure) => failure.kind === "refused" && failure.code === -2015);
}

function unreadOf(market: Market, failure: Failure): string {
  return unreadText(describeFailure(failure), `${market.name} orders`);
}
