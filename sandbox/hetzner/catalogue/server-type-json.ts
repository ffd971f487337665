import { inEurope, locations } from "./locations.ts";
import { deprecationOfType, isListedAsAvailable, type Market, monthlyPrice } from "./offers.ts";
import { hourlyAndMonthly, price } from "./prices.ts";
import type { ServerType } from "./server-types.ts";

const terabyte = 1024 ** 4;

/** Assumed: 20 TB of traffic in the EU, 1 TB elsewhere. */
export function pricesOf(type: ServerType, market: Market): object[] {
  return type.soldIn.map((location) => ({
    location,
    ...hourlyAndMonthly(monthlyPrice(type, location, market)),
    included_traffic: (inEurope.includes(location) ? 20 : 1) * terabyte,
    price_per_tb_traffic: price(1),
  }));
}

/** A server type as the API shows it. Since 2026-11-02 with `deprecation` instead of `deprecated`. */
export function serverTypeJson(type: ServerType, market: Market): object {
  const soldIn = locations.filter((location) => type.soldIn.includes(location.name));
  const deprecations = soldIn.map((location) => deprecationOfType(type, location.name, market));
  return {
    id: type.id,
    name: type.name,
    description: type.name.toUpperCase(),
    cores: type.cores,
    memory: type.memory,
    disk: type.disk,
    prices: pricesOf(type, market),
    storage_type: "local",
    cpu_type: type.cpu_type,
    category: type.category,
    architecture: type.architecture,
    // Assumed: set if the type leaves every location.
    deprecation: deprecations.includes(null) ? null : (deprecations[0] ?? null),
    // Documented: a location that the type has left is still here, and its `unavailable_after` is in the past.
    locations: soldIn.map((location, index) => {
      const isAvailable = isListedAsAvailable(type, location.name, market);
      return {
        id: location.id,
        name: location.name,
        deprecation: deprecations[index] ?? null,
        recommended: isAvailable && (deprecations[index] ?? null) === null,
        available: isAvailable,
      };
    }),
  };
}
