import { everywhere } from "./locations.ts";
import { type Market, offeredTypes } from "./offers.ts";
import { hourlyAndMonthly, price, vatRate } from "./prices.ts";
import { pricesOf } from "./server-type-json.ts";

/**
 * The price list as the API shows it. Known: the server types' prices that server-types.ts names, 0.50 € for an
 * IPv4 address, and 20 % for backups. Assumed: everything else, which can't be ordered here anyway.
 */
export function pricingJson(market: Market): object {
  return {
    currency: "EUR",
    vat_rate: vatRate,
    primary_ips: [
      { type: "ipv4", prices: everywhere.map((location) => ({ location, ...hourlyAndMonthly(0.5) })) },
      { type: "ipv6", prices: everywhere.map((location) => ({ location, ...hourlyAndMonthly(0) })) },
    ],
    floating_ips: [
      { type: "ipv4", prices: everywhere.map((location) => ({ location, price_monthly: price(3) })) },
      { type: "ipv6", prices: everywhere.map((location) => ({ location, price_monthly: price(1) })) },
    ],
    floating_ip: { price_monthly: price(3) },
    image: { price_per_gb_month: price(0.011) },
    volume: { price_per_gb_month: price(0.044) },
    server_backup: { percentage: "20.00" },
    server_types: offeredTypes(market).map((type) => ({
      id: type.id,
      name: type.name,
      prices: pricesOf(type, market),
    })),
    load_balancer_types: [],
  };
}
