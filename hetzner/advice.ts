import { type Candidate, candidatesAt, cheapestOf, type Plan, runsEveryBot } from "./choice.ts";
import { money } from "./money.ts";
import type { Situation, Wanted } from "./situation.ts";

/**
 * What to do if the planned order or change is refused: what can be ordered instead, each with its command. One sentence
 * each; none if nothing is ordered.
 */
export function adviceFor(situation: Situation, plan: Plan): string[] {
  switch (plan.kind) {
    case "order":
      return adviceForOrder(situation, plan);
    case "change":
      return adviceForChange(situation, plan);
    case "keep":
      return [];
  }
}

type OfChange = Extract<Plan, { kind: "change" }>;
type OfOrder = Extract<Plan, { kind: "order" }>;

/** The server stays where it is, with its disk and its architecture. */
function adviceForChange(situation: Situation, plan: OfChange): string[] {
  const current = plan.server.server_type.name;
  const best = cheapestOf(
    changesOf(situation, plan).filter(({ type }) => ![current, plan.serverType].includes(type.name)),
  );
  return [
    ...(best === undefined ? [] : [sentence("change to", situation, best, [setType(best)])]),
    `To keep the ${current}, run: pulumi config set serverType ${current}`,
  ];
}

/** What the type of an existing server can be changed to now. */
export function changesOf({ catalogue, wanted }: Situation, plan: OfChange): Candidate[] {
  const { server_type, primary_disk_size } = plan.server;
  return candidatesAt(catalogue, open(wanted, [plan.location])).filter(
    ({ type }) => type.architecture === server_type.architecture && type.disk >= primary_disk_size,
  );
}

function adviceForOrder(situation: Situation, plan: OfOrder): string[] {
  const others = ordersOf(situation, plan).filter(
    ({ type, offer }) => type.name !== plan.serverType || offer.location !== plan.location,
  );
  const suiting = others.filter((one) => suits(situation, one));
  const here = cheapestOf(suiting.filter((one) => isHere(one, plan)));
  const elsewhere = suiting.filter((one) => !isHere(one, plan));
  const there =
    cheapestOf(elsewhere.filter(({ type }) => type.name === plan.serverType)) ?? cheapestOf(elsewhere);
  const best = [here, there].filter((one) => one !== undefined);
  // A type that not every bot runs on is better than none.
  const chosen = best.length > 0 ? best : [cheapestOf(others)].filter((one) => one !== undefined);
  return chosen.length > 0
    ? chosen.map((one) => sentence("order", situation, one, commands(situation, plan, one)))
    : [
        "Nothing else that fits can be ordered now. Try again later: pulumi preview shows what can be ordered by then.",
      ];
}

/** What can be ordered now. A server that is replaced stays at its address. */
export function ordersOf({ wanted, catalogue, addressLocation }: Situation, plan: OfOrder): Candidate[] {
  const planned = plan.location === undefined ? [] : [plan.location];
  const locations = wanted.replaces === "server" ? planned : [...new Set([...wanted.locations, ...planned])];
  // The location that is left isn't one to move to.
  const isMove = wanted.replaces === "server-and-address" && addressLocation !== plan.location;
  return candidatesAt(
    catalogue,
    open(wanted, locations).filter((one) => !isMove || one !== addressLocation),
  );
}

function open({ closedLocation }: Wanted, locations: readonly string[]): string[] {
  return locations.filter((one) => one !== closedLocation);
}

/** Whether the bot runs on it: it is installed already on a server that is replaced. */
function suits({ server }: Situation, candidate: Candidate): boolean {
  return server === undefined
    ? runsEveryBot(candidate)
    : candidate.type.architecture === server.server_type.architecture;
}

/** Without a location there is nothing to move from: each one is as good. */
function isHere({ offer }: Candidate, plan: OfOrder): boolean {
  return plan.location === undefined || offer.location === plan.location;
}

function commands({ addressLocation }: Situation, plan: OfOrder, candidate: Candidate): string[] {
  // If no type was found, the next run takes the cheapest one by itself, as long as every bot runs on it.
  const keepsType =
    plan.serverType === undefined ? runsEveryBot(candidate) : candidate.type.name === plan.serverType;
  const { location } = candidate.offer;
  const setLocation =
    addressLocation === undefined ? `pulumi config set location ${location}` : `npm run move -- ${location}`;
  return [...(keepsType ? [] : [setType(candidate)]), ...(isHere(candidate, plan) ? [] : [setLocation])];
}

function setType({ type }: Candidate): string {
  return `pulumi config set serverType ${type.name}`;
}

function sentence(
  verb: string,
  { catalogue }: Situation,
  { type, offer }: Candidate,
  steps: string[],
): string {
  const price = `${money(offer.price.total, catalogue.currency)} a month with the address, before tax`;
  const arm =
    type.architecture === "x86" ? "" : `; it is ${type.architecture}: check that your bot runs on it`;
  return `To ${verb} a ${type.name} in ${offer.location} (${price}${arm}), run: ${steps.join(" && ")}`;
}
