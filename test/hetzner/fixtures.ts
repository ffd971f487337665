import { type Catalogue, catalogueOf } from "../../hetzner/catalogue.ts";
import type { Image, Pricing, Server, ServerTypeReply } from "../../hetzner/replies.ts";
import type { Situation, Wanted } from "../../hetzner/situation.ts";

export const today = new Date("2026-11-26T12:00:00Z");
export const europe = ["fsn1", "nbg1", "hel1"];

/** What a test wants to differ about one type. */
interface TypeOptions {
  soldIn?: string[];
  soldOutIn?: string[];
  /** Prices by location, where they differ. */
  prices?: Record<string, number>;
  /** When it ends, by location. */
  ends?: Record<string, Date>;
}

export function serverTypeReply(
  name: string,
  [cores, memory, disk]: [number, number, number],
  price: number,
  architecture = "x86",
  { soldIn = europe, soldOutIn = [], prices = {}, ends = {} }: TypeOptions = {},
): ServerTypeReply {
  return {
    name,
    cores,
    memory,
    disk,
    architecture,
    prices: soldIn.map((location) => ({ location, price_monthly: { net: prices[location] ?? price } })),
    locations: soldIn.map((location) => ({
      name: location,
      available: !soldOutIn.includes(location),
      deprecation: ends[location] && { announced: new Date(0), unavailable_after: ends[location] },
    })),
  };
}

/** Hetzner's types of June 2026; cx23 can be changed by a test. */
export function types(cx23: TypeOptions = {}, others: TypeOptions = {}): ServerTypeReply[] {
  return [
    serverTypeReply("cpx22", [2, 4, 80], 19.49, "x86", others),
    serverTypeReply("cx23", [2, 4, 40], 5.49, "x86", cx23),
    serverTypeReply("cax11", [2, 4, 40], 5.19, "arm", others),
    serverTypeReply("cpx12", [1, 2, 40], 11.49, "x86", others),
    serverTypeReply("cx33", [4, 8, 80], 8.49, "x86", others),
  ];
}

export const pricing: Pricing = {
  currency: "EUR",
  primary_ips: [
    {
      type: "ipv6",
      prices: [...europe, "sin"].map((location) => ({ location, price_monthly: { net: 0 } })),
    },
    {
      type: "ipv4",
      prices: [...europe, "sin"].map((location) => ({ location, price_monthly: { net: 0.5 } })),
    },
  ],
};

export function catalogue(serverTypes = types(), date = today): Catalogue {
  return catalogueOf(serverTypes, pricing, date);
}

export const images: Image[] = [
  { name: "debian-13", architecture: "x86", deprecation: null },
  { name: "debian-13", architecture: "arm", deprecation: null },
];

export const wanted: Wanted = {
  name: "trading-bot-prod",
  image: "debian-13",
  serverType: undefined,
  location: undefined,
  locations: europe,
  // test/hetzner/state-volume.test.ts is about it.
  volume: "none",
};

export function situation(more: Partial<Situation> = {}): Situation {
  return {
    wanted,
    previous: undefined,
    catalogue: catalogue(),
    images,
    server: undefined,
    addressLocation: undefined,
    addressIp: undefined,
    ...more,
  };
}

export function existing(type = "cx23", location = "fsn1", more: Partial<Server> = {}): Server {
  return {
    id: 42,
    name: wanted.name,
    status: "running",
    server_type: { name: type, architecture: type.startsWith("cax") ? "arm" : "x86" },
    location: { name: location },
    primary_disk_size: 40,
    public_net: { ipv4: { ip: "203.0.113.10" } },
    ...more,
  };
}
