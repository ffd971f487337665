import type { Route } from "./call.ts";
import { accountRoutes } from "./calls/account.ts";
import { generalRoutes } from "./calls/general.ts";
import { orderTestRoutes } from "./calls/order-test.ts";
import { walletRoutes } from "./calls/wallet.ts";

/** Every call that is emulated. */
export const routes: readonly Route[] = [
  ...generalRoutes,
  ...accountRoutes,
  ...orderTestRoutes,
  ...walletRoutes,
];
