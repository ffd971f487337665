import * as z from "zod";
import { locations } from "../catalogue/locations.ts";
import { invalidInput } from "../errors.ts";
import {
  contains,
  formatRange,
  freeSubnet,
  isPrivate,
  overlap,
  parseAddress,
  parseRange,
} from "../private-ranges.ts";
import { storedRange } from "../state/networks.ts";
import type { Network, NetworkRoute, Subnet } from "../state/resources.ts";

const zones = new Set(locations.map((location) => location.network_zone));

export const rangeInput = z
  .string()
  .refine((text) => parseRange(text) !== undefined, { error: "is not a range in CIDR notation" });

/** Documented: a private range of at least 256 addresses. */
export const networkRangeInput = rangeInput.refine(
  (text) => {
    const range = parseRange(text);
    return range !== undefined && isPrivate(range) && range.prefix <= 24;
  },
  { error: "must be a private range of at least a /24" },
);

export const addressInput = z
  .string()
  .refine((text) => parseAddress(text) !== undefined, { error: "is not an IPv4 address" });

export const subnetInput = z.object({
  type: z.enum(["cloud", "server", "vswitch"]),
  ip_range: rangeInput.optional(),
  network_zone: z.string().refine((zone) => zones.has(zone), { error: "is unknown" }),
  vswitch_id: z.int().positive().nullish(),
});

export const routeInput = z.object({ destination: rangeInput, gateway: addressInput });

/**
 * Adds a subnet to a network, by default the first /24 that is free. Documented: it is in the network, and overlaps with no
 * other subnet and no route.
 *
 * @throws ApiError `invalid_input`. Assumed: the code
 */
export function addSubnet(network: Network, input: z.output<typeof subnetInput>): void {
  const whole = storedRange(network.ipRange);
  const taken = [
    ...network.subnets.map(({ ipRange }) => storedRange(ipRange)),
    ...network.routes.map(({ destination }) => storedRange(destination)),
  ];
  const wanted = input.ip_range === undefined ? freeSubnet(whole, taken) : storedRange(input.ip_range);
  if (wanted === undefined) {
    throw invalidInput({ name: "ip_range", messages: ["no free /24 is left in the network"] });
  }
  if (!contains(whole, wanted) || taken.some((one) => overlap(one, wanted))) {
    throw invalidInput({
      name: "ip_range",
      messages: ["must be in the network, and overlap with nothing in it"],
    });
  }
  const subnet: Subnet = {
    type: input.type,
    ipRange: formatRange(wanted),
    networkZone: input.network_zone,
    vswitchId: input.vswitch_id ?? null,
  };
  network.subnets.push(subnet);
}

/** @throws ApiError `invalid_input`. Assumed: the code */
export function addRoute(network: Network, route: NetworkRoute): void {
  const destination = storedRange(route.destination);
  const taken = [
    ...network.subnets.map(({ ipRange }) => ipRange),
    ...network.routes.map((one) => one.destination),
  ];
  if (taken.some((one) => overlap(storedRange(one), destination))) {
    throw invalidInput({
      name: "destination",
      messages: ["overlaps with a subnet or a route of the network"],
    });
  }
  network.routes.push(route);
}
