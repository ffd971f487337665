import type { Route } from "./call.ts";
import { accountRoutes } from "./calls/account.ts";
import { assetRoutes } from "./calls/assets.ts";
import { derivativesRoutes } from "./calls/derivatives.ts";
import { exchangeInfoRoutes } from "./calls/exchange-info.ts";
import { futuresAccountRoutes } from "./calls/futures/account.ts";
import { conditionalRoutes } from "./calls/futures/conditional.ts";
import { listenKeyRoutes } from "./calls/futures/listen-key.ts";
import { futuresMarketRoutes } from "./calls/futures/market.ts";
import { futuresOrderRoutes } from "./calls/futures/orders.ts";
import { futuresSettingsRoutes } from "./calls/futures/settings.ts";
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
  ...futuresMarketRoutes,
  ...futuresOrderRoutes,
  ...conditionalRoutes,
  ...futuresAccountRoutes,
  ...futuresSettingsRoutes,
  ...listenKeyRoutes,
];
