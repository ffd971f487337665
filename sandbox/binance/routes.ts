import type { Route } from "./call.ts";
import { accountRoutes } from "./calls/account.ts";
import { assetRoutes } from "./calls/assets.ts";
import { derivativesRoutes } from "./calls/derivatives.ts";
import { exchangeInfoRoutes } from "./calls/exchange-info.ts";
import { generalRoutes } from "./calls/general.ts";
import { bookRoutes } from "./calls/market/book.ts";
import { klineRoutes } from "./calls/market/klines.ts";
import { tickerRoutes } from "./calls/market/tickers.ts";
import { tradeRoutes } from "./calls/market/trades.ts";
import { amendRoutes } from "./calls/orders/amend.ts";
import { cancelRoutes } from "./calls/orders/cancel.ts";
import { cancelReplaceRoutes } from "./calls/orders/cancel-replace.ts";
import { listRoutes } from "./calls/orders/lists.ts";
import { placeRoutes } from "./calls/orders/place.ts";
import { placeListRoutes } from "./calls/orders/place-list.ts";
import { queryRoutes } from "./calls/orders/queries.ts";
import { walletRoutes } from "./calls/wallet.ts";

/** Every call that is emulated. */
export const routes: readonly Route[] = [
  ...generalRoutes,
  ...exchangeInfoRoutes,
  ...bookRoutes,
  ...tradeRoutes,
  ...klineRoutes,
  ...tickerRoutes,
  ...accountRoutes,
  ...placeRoutes,
  ...cancelRoutes,
  ...cancelReplaceRoutes,
  ...amendRoutes,
  ...placeListRoutes,
  ...listRoutes,
  ...queryRoutes,
  ...walletRoutes,
  ...assetRoutes,
  ...derivativesRoutes,
];
