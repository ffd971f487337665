import * as z from "zod";
import type { HetznerClient } from "./client.ts";
import type { Kind } from "./inventory.ts";
import { money } from "./money.ts";
import { monthly, type Pricing, pricingReply } from "./replies.ts";

/** Something for which Hetzner sends a bill, whether it is used or not. */
export interface Billed {
  kind: Kind;
  id: number;
  name: string;
  labels: Record<string, string>;
  /** What it is, for people: an address, a server type, a size. */
  details: string;
  /** Its price by today's list, before tax. */
  price: string;
}

const common = {
  id: z.int(),
  name: z.string().nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  location: z.looseObject({ name: z.string() }),
};
const server = z.looseObject({
  ...common,
  server_type: z.looseObject({ name: z.string(), prices: z.array(monthly) }),
});
const primaryIp = z.looseObject({ ...common, ip: z.string(), type: z.string() });
const volume = z.looseObject({ ...common, size: z.number() });

/**
 * All servers, Primary IPs and volumes of the project, of every program.
 *
 * @throws HetznerError
 */
export async function findBilled(client: HetznerClient): Promise<Billed[]> {
  const [{ pricing }, servers, addresses, volumes] = await Promise.all([
    client.get("/pricing", pricingReply),
    client.list("servers", server),
    client.list("primary_ips", primaryIp),
    client.list("volumes", volume),
  ]);
  const priced = (
    kind: Kind,
    { id, name, labels }: Pick<z.output<typeof volume>, "id" | "name" | "labels">,
    details: string,
    price: number | undefined,
  ): Billed => ({
    kind,
    id,
    name: name ?? "",
    labels: labels ?? {},
    details,
    price: price === undefined ? "price unknown" : `${money(price, pricing.currency)} a month`,
  });
  return [
    ...servers.map((one) =>
      priced("server", one, one.server_type.name, priceAt(one.server_type.prices, one.location.name)),
    ),
    ...addresses.map((one) =>
      priced("Primary IP", one, one.ip, priceAt(addressPrices(pricing, one.type), one.location.name)),
    ),
    ...volumes.map((one) => {
      const perGb = pricing.volume?.price_per_gb_month.net;
      return priced("volume", one, `${one.size} GB`, perGb === undefined ? undefined : perGb * one.size);
    }),
  ];
}

function addressPrices({ primary_ips: addresses }: Pricing, ofType: string): z.output<typeof monthly>[] {
  return addresses.find(({ type }) => type === ofType)?.prices ?? [];
}

function priceAt(prices: z.output<typeof monthly>[], at: string): number | undefined {
  return prices.find(({ location }) => location === at)?.price_monthly.net;
}
