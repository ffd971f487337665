import { type Catalogue, findOffer, findType, type Offer, type ServerType } from "./catalogue.ts";
import type { Server } from "./replies.ts";
import type { Situation } from "./situation.ts";

/** What happens at Hetzner. Undefined: nothing fits that can be ordered now. */
export type Plan =
  | { kind: "order"; serverType: string | undefined; location: string | undefined }
  | { kind: "change"; serverType: string; location: string; server: Server }
  | { kind: "keep"; serverType: string; location: string; server: Server };

/**
 * What freqtrade needs at least (its documentation: 2 GB memory, 2 vCPU), and room for Debian, the bot and its
 * data. In GB.
 */
export const smallest = { cores: 2, memory: 2, disk: 20 };

/** Decides what is ordered or changed. What exists is kept, and an earlier decision stays as it is. */
export function planFor(situation: Situation): Plan {
  const { wanted, server } = situation;
  if (server !== undefined && wanted.replaces === undefined) {
    const serverType = wanted.serverType ?? server.server_type.name;
    const kind = serverType === server.server_type.name ? "keep" : "change";
    return { kind, serverType, location: server.location.name, server };
  }
  const location = knownLocation(situation);
  const serverType = wanted.serverType ?? knownType(situation);
  if (serverType !== undefined) {
    const type = findType(situation.catalogue, serverType);
    return { kind: "order", serverType, location: location ?? cheapestLocation(type, wanted.locations) };
  }
  const locations = location === undefined ? wanted.locations : [location];
  const best = cheapestOf(candidatesAt(situation.catalogue, locations).filter(runsEveryBot));
  return { kind: "order", serverType: best?.type.name, location: location ?? best?.offer.location };
}

/** The type that is settled already. A move deletes everything, so that nothing is settled after it. */
function knownType({ wanted, previous, server }: Situation): string | undefined {
  return wanted.replaces === "server-and-address"
    ? undefined
    : (server?.server_type.name ?? previous?.serverType);
}

/** The location that is settled already; undefined if the cheapest one decides. */
function knownLocation({ wanted, previous, server, addressLocation, volume }: Situation): string | undefined {
  return wanted.replaces === "server-and-address"
    ? wanted.location
    : (addressLocation ??
        server?.location.name ??
        volume?.location.name ??
        wanted.location ??
        previous?.location);
}

/** Where a type that was set is cheapest now; undefined if it can't be ordered anywhere. */
function cheapestLocation(type: ServerType | undefined, locations: readonly string[]): string | undefined {
  if (type === undefined) {
    return undefined;
  }
  const offers = locations.map((location) => findOffer(type, location));
  const available = offers.flatMap((offer) => (offer?.isAvailable ? [{ type, offer }] : []));
  return cheapestOf(available)?.offer.location;
}

/** A server type at a location. */
export interface Candidate {
  type: ServerType;
  offer: Offer;
}

/** What a bot fits on and can be ordered now, in the order of the locations. */
export function candidatesAt({ serverTypes }: Catalogue, locations: readonly string[]): Candidate[] {
  return locations.flatMap((location) =>
    serverTypes.filter(fits).flatMap((type) => {
      const offer = findOffer(type, location);
      return offer && canBeChosen(offer) ? [{ type, offer }] : [];
    }),
  );
}

/** Every bot runs on it, so that it may be chosen for somebody. */
export function runsEveryBot({ type }: Candidate): boolean {
  return type.architecture === "x86";
}

function fits({ cores, memory, disk }: ServerType): boolean {
  return cores >= smallest.cores && memory >= smallest.memory && disk >= smallest.disk;
}

/** It can be ordered now, and isn't about to end. */
function canBeChosen({ isAvailable, end }: Offer): boolean {
  return isAvailable && end === undefined;
}

/** The first of the cheapest ones. */
export function cheapestOf(candidates: readonly Candidate[]): Candidate | undefined {
  return [...candidates].sort((one, other) => one.offer.price.total - other.offer.price.total)[0];
}
