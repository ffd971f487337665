import { changesOf, ordersOf } from "./advice.ts";
import { findOffer, findType, type Offer, type ServerType } from "./catalogue.ts";
import type { Candidate, Plan } from "./choice.ts";
import { day, money } from "./money.ts";
import type { Situation } from "./situation.ts";
import { planOfVolume, priceOfVolume, volumeLines } from "./state-volume.ts";

const mostRows = 8;

/** What is ordered or changed, and its price: lines, the last one ended. */
export function summaryOf(situation: Situation, plan: Plan): string {
  return endLines([...planLines(situation, plan), ...volumeLines(situation)]);
}

/**
 * What else could be had: a table, the last line ended. Empty if nothing is ordered or changed.
 */
export function alternativesOf(situation: Situation, plan: Plan): string {
  return endLines(plan.kind === "keep" ? [] : tableLines(situation, plan));
}

function endLines(lines: string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** What the choice costs, in one line. */
export function costOf(situation: Situation, { serverType = "", location = "" }: Plan): string {
  const { catalogue } = situation;
  const volume = planOfVolume(situation);
  const priceOfIt = priceOfVolume(situation, volume);
  const hasPrice = volume.size > 0 && priceOfIt !== undefined;
  const also = hasPrice ? `the address and a volume of ${volume.size} GB` : "the address";
  const offer = findOffer(findType(catalogue, serverType), location);
  const date = `Hetzner's price list of ${day(catalogue.date)}`;
  return offer === undefined
    ? `${serverType} in ${location}: not in ${date}`
    : `${serverType} in ${location}: ${money(offer.price.total + (hasPrice ? priceOfIt : 0), catalogue.currency)} a month with ${also}, before tax (${date})`;
}

/** A server that can be ordered now. */
export interface OfferedServer {
  serverType: string;
  location: string;
  /** As in a choice. */
  cost: string;
  /** "2 vCPU, 4 GB memory, 40 GB disk, x86" */
  size: string;
}

/** One entry for a type, where it is cheapest; the planned server is the first one. */
export function offersOf(situation: Situation, plan: Plan): OfferedServer[] {
  if (plan.kind !== "order") {
    return [];
  }
  const sorted = ordersOf(situation, plan).toSorted(
    (one, other) => rank(one, plan) - rank(other, plan) || one.offer.price.total - other.offer.price.total,
  );
  const byType = Map.groupBy(sorted, ({ type }) => type);
  return [...byType.values()].flatMap(([first]) =>
    first === undefined ? [] : [offered(situation, plan, first)],
  );
}

function rank({ type, offer }: Candidate, { serverType, location }: Plan): number {
  return type.name === serverType && offer.location === location ? 0 : 1;
}

function offered(situation: Situation, plan: Plan, { type, offer: { location } }: Candidate): OfferedServer {
  const cost = costOf(situation, { ...plan, serverType: type.name, location });
  return { serverType: type.name, location, cost, size: sizeOf(type) };
}

/** What the address costs that no server has, in one line; undefined if the stack has none. */
export function spareCostOf(situation: Situation): string | undefined {
  const { catalogue, wanted } = situation;
  if (wanted.spare === undefined) {
    return undefined;
  }
  const price = sparePrice(situation);
  const date = `Hetzner's price list of ${day(catalogue.date)}`;
  return `standby address${spareIn(situation)}: ${price === undefined ? `not in ${date}` : `${price} a month, before tax (${date})`}`;
}

/** Its price; undefined if today's list has none. */
function sparePrice({ catalogue, wanted, spareLocation }: Situation): string | undefined {
  const location = spareLocation ?? wanted.spare?.location;
  const offer = catalogue.serverTypes
    .flatMap(({ offers }) => offers)
    .find((one) => one.location === location);
  return offer === undefined ? undefined : money(offer.price.address, catalogue.currency);
}

function spareIn({ wanted, spareLocation }: Situation): string {
  const location = spareLocation ?? wanted.spare?.location;
  return location === undefined ? "" : ` in ${location}`;
}

function spareLines(situation: Situation): string[] {
  const { wanted, spareLocation } = situation;
  if (wanted.spare === undefined || spareLocation !== undefined) {
    return [];
  }
  const price = sparePrice(situation);
  return [
    `To be ordered at Hetzner: a standby address${spareIn(situation)}${price === undefined ? "" : `, at ${price} a month, before tax`}.`,
  ];
}

function planLines(situation: Situation, plan: Plan): string[] {
  return [...serverLines(situation, plan), ...spareLines(situation)];
}

function serverLines(situation: Situation, plan: Plan): string[] {
  const { catalogue, wanted, addressLocation } = situation;
  const { serverType = "", location = "" } = plan;
  const type = findType(catalogue, serverType);
  const offer = findOffer(type, location);
  const server = type === undefined ? serverType : `${serverType} in ${location} (${sizeOf(type)})`;
  switch (plan.kind) {
    case "order": {
      const makesAddress = addressLocation === undefined || wanted.replaces === "server-and-address";
      return [
        `To be ordered at Hetzner: a ${server}${makesAddress ? " and an IPv4 address" : ", at the address that exists"}.`,
        ...priceLine("Price of today", offer, catalogue.currency),
      ];
    }
    case "change":
      return [
        `To be changed at Hetzner: the server ${wanted.name}, from ${plan.server.server_type.name} to a ${server}. Its disk stays at ${plan.server.primary_disk_size} GB.`,
        ...changePrice(situation, plan.server.server_type.name, location, offer),
      ];
    case "keep":
      return [
        `${[...spareLines(situation), ...volumeLines(situation)].length > 0 ? "No server is ordered at Hetzner" : "Nothing is ordered at Hetzner"}: the server ${wanted.name} stays a ${serverType} in ${location}.`,
        ...priceLine("Price of today for it", offer, catalogue.currency),
      ];
  }
}

function sizeOf({ cores, memory, disk, architecture }: ServerType): string {
  return `${cores} vCPU, ${memory} GB memory, ${disk} GB disk, ${architecture}`;
}

function priceLine(title: string, offer: Offer | undefined, currency: string): string[] {
  if (offer === undefined) {
    return [];
  }
  const { server, address, total } = offer.price;
  return [
    `${title}, before tax: ${money(total, currency)} a month (server ${money(server, currency)}, address ${money(address, currency)}).`,
  ];
}

function changePrice(
  { catalogue }: Situation,
  from: string,
  location: string,
  after: Offer | undefined,
): string[] {
  const before = findOffer(findType(catalogue, from), location);
  const shown = (offer: Offer | undefined) =>
    offer === undefined
      ? "not in today's price list"
      : `${money(offer.price.total, catalogue.currency)} a month`;
  return [
    `Price of today with the address, before tax: ${shown(before)} before, ${shown(after)} after.`,
    `You may pay less for the ${from} now, if you ordered it before a price change. New orders and changes pay today's price.`,
  ];
}

function tableLines(situation: Situation, plan: Exclude<Plan, { kind: "keep" }>): string[] {
  const candidates = plan.kind === "change" ? changesOf(situation, plan) : ordersOf(situation, plan);
  const rows = rowsOf(candidates, situation.catalogue.currency);
  if (rows.length === 0) {
    // For an order, the advice has this sentence.
    return plan.kind === "order" ? [] : ["Nothing that fits can be ordered now."];
  }
  const title =
    plan.kind === "change"
      ? "What the server can be changed to now, a month with the address, before tax:"
      : "What fits and can be ordered now, a month with the address, before tax:";
  const more = rows.length - mostRows;
  return [
    title,
    ...align(rows.slice(0, mostRows)),
    ...(more > 0 ? [`  and ${more} more, at higher prices`] : []),
  ];
}

/** One row a type, the cheapest one first. */
function rowsOf(candidates: Candidate[], currency: string): string[][] {
  const byType = Map.groupBy(candidates, ({ type }) => type);
  const sorted = [...byType].sort(([, one], [, other]) => lowest(one) - lowest(other));
  return sorted.map(([type, offers]) => [
    type.name,
    `${type.cores} vCPU`,
    `${type.memory} GB`,
    `${type.disk} GB`,
    type.architecture,
    ...pricesOf(offers, currency),
  ]);
}

function lowest(candidates: Candidate[]): number {
  return Math.min(...candidates.map(({ offer }) => offer.price.total));
}

/** ["19.99 €", "fsn1, nbg1; 23.99 € sin"]: the lowest price first. */
function pricesOf(candidates: Candidate[], currency: string): string[] {
  const byPrice = [...Map.groupBy(candidates, ({ offer }) => offer.price.total)].sort(([a], [b]) => a - b);
  const prices = byPrice.map(([price]) => money(price, currency));
  const places = byPrice.map(([, same]) => same.map(({ offer }) => offer.location).join(", "));
  const others = places.slice(1).map((place, index) => `; ${prices[index + 1] ?? ""} ${place}`);
  return [prices[0] ?? "", `${places[0] ?? ""}${others.join("")}`];
}

/** Numbers end below each other, and words begin below each other. */
function align(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cells = (row: string[]) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return /^\d/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
    });
  return rows.map((row) => `  ${cells(row).join("  ")}`.trimEnd());
}
