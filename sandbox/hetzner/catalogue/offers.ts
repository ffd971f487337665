import type { Conditions } from "../conditions.ts";
import { resourceUnavailable } from "../errors.ts";
import type { Image } from "./images.ts";
import { inEurope } from "./locations.ts";
import { type ServerType, serverTypes } from "./server-types.ts";

/** What is offered depends on these two. */
export interface Market {
  conditions: Conditions;
  now: Date;
}

/** A period as the API shows it. */
interface Deprecation {
  announced: string;
  unavailable_after: string;
}

/** Assumed: outside the EU, everything costs a fifth more. */
export function monthlyPrice(type: ServerType, location: string, { conditions }: Market): number {
  const changed = conditions.prices.find((one) => one.serverType === type.name && one.location === location);
  return changed?.monthly ?? (inEurope.includes(location) ? type.monthly : type.monthly * 1.2);
}

/** Whether the list says that a type can be ordered at a location. */
export function isListedAsAvailable(type: ServerType, location: string, market: Market): boolean {
  const isSoldOut = market.conditions.soldOut.some(
    (one) => matches(one, type, location) && one.listed !== true,
  );
  return !isSoldOut && !hasEnded(deprecationOfType(type, location, market), market);
}

/**
 * Documented: the code. The texts are those that people report from the real API: vitobotta/hetzner-k3s issue 704 for a
 * location that is closed, hetznercloud/packer-plugin-hcloud issue 198 for a type that is sold out.
 *
 * @throws ApiError `resource_unavailable` if the type can't be ordered there at the moment
 */
export function requireAvailable(type: ServerType, location: string, { conditions }: Market): void {
  const hits = conditions.soldOut.filter((one) => matches(one, type, location));
  if (hits.length > 0) {
    const isClosed = hits.some((one) => one.serverType === undefined);
    throw resourceUnavailable(isClosed ? "server location disabled" : "error during placement");
  }
}

function matches(one: Conditions["soldOut"][number], type: ServerType, location: string): boolean {
  return one.location === location && (one.serverType === undefined || one.serverType === type.name);
}

export function deprecationOfType(
  type: ServerType,
  location: string,
  { conditions }: Market,
): Deprecation | null {
  for (const one of conditions.deprecations) {
    if (
      "serverType" in one &&
      one.serverType === type.name &&
      (one.location === undefined || one.location === location)
    ) {
      return { announced: one.announced, unavailable_after: one.unavailableAfter };
    }
  }
  return null;
}

export function deprecationOfImage(image: Image, { conditions }: Market): Deprecation | null {
  for (const one of conditions.deprecations) {
    if ("image" in one && one.image === image.name) {
      return { announced: one.announced, unavailable_after: one.unavailableAfter };
    }
  }
  return null;
}

/** Documented: after that date it is permanently unavailable, and isn't listed any more. */
function hasEnded(deprecation: Deprecation | null, { now }: Market): boolean {
  return deprecation !== null && Date.parse(deprecation.unavailable_after) <= now.getTime();
}

/** Where a type can still be ordered, now or later. */
export function locationsOf(type: ServerType, market: Market): string[] {
  return type.soldIn.filter((location) => !hasEnded(deprecationOfType(type, location, market), market));
}

/** The types that are listed. */
export function offeredTypes(market: Market): ServerType[] {
  return serverTypes.filter((type) => locationsOf(type, market).length > 0);
}

/** Whether an image is listed, at least with `include_deprecated`. */
export function isOffered(image: Image, market: Market): boolean {
  return !hasEnded(deprecationOfImage(image, market), market);
}
