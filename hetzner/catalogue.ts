import type { Pricing, ServerTypeReply } from "./replies.ts";

/** A server type at one location. */
export interface Offer {
  location: string;
  /** Whether it can be ordered there now. */
  isAvailable: boolean;
  /** When Hetzner stops or has stopped selling it there; undefined if no end was announced. */
  end: Date | undefined;
  price: Price;
}

/** A month's price before tax, in the catalogue's currency. */
interface Price {
  server: number;
  /** Of an IPv4 address. */
  address: number;
  total: number;
}

export interface ServerType {
  name: string;
  cores: number;
  /** In GB. */
  memory: number;
  /** In GB. */
  disk: number;
  /** "x86" or "arm". */
  architecture: string;
  /** Where it is sold, or was until its end. */
  offers: Offer[];
}

/** What Hetzner sells at a time, and for how much. */
export interface Catalogue {
  /** When it was read. */
  date: Date;
  /** Such as "EUR". */
  currency: string;
  serverTypes: ServerType[];
  /** A month's price of a GB of a volume, before tax; undefined if it isn't known. */
  volumePerGb?: number | undefined;
}

/** Puts Hetzner's lists together. A location without a price for type and address sells nothing. */
export function catalogueOf(serverTypes: ServerTypeReply[], pricing: Pricing, date: Date): Catalogue {
  const addresses = pricing.primary_ips.find(({ type }) => type === "ipv4")?.prices ?? [];
  return {
    date,
    currency: pricing.currency,
    volumePerGb: pricing.volume?.price_per_gb_month.net,
    serverTypes: serverTypes.map((type) => ({
      name: type.name,
      cores: type.cores,
      memory: type.memory,
      disk: type.disk,
      architecture: type.architecture,
      offers: offersOf(type, addresses, date),
    })),
  };
}

type Prices = ServerTypeReply["prices"];

function offersOf(type: ServerTypeReply, addresses: Prices, date: Date): Offer[] {
  return type.locations.flatMap(({ name, available, deprecation }) => {
    const server = priceAt(type.prices, name);
    const address = priceAt(addresses, name);
    if (server === undefined || address === undefined) {
      return [];
    }
    const end = (deprecation ?? type.deprecation)?.unavailable_after;
    const offer: Offer = {
      location: name,
      isAvailable: available && (end === undefined || end > date),
      end,
      price: { server, address, total: round(server + address) },
    };
    return [offer];
  });
}

function priceAt(prices: Prices, location: string): number | undefined {
  return prices.find((price) => price.location === location)?.price_monthly.net;
}

/** Without the noise of binary fractions, so that equal prices are equal. */
function round(price: number): number {
  return Math.round(price * 10_000) / 10_000;
}

export function findType({ serverTypes }: Catalogue, name: string | undefined): ServerType | undefined {
  return serverTypes.find((type) => type.name === name);
}

export function findOffer(type: ServerType | undefined, location: string | undefined): Offer | undefined {
  return type?.offers.find((offer) => offer.location === location);
}
