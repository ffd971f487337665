import { type Candidate, candidatesAt, cheapestOf, type Plan, runsEveryBot } from "./choice.ts";
import { money } from "./money.ts";
import type { Situation } from "./situation.ts";
import { list } from "./text.ts";

/**
 * What to do if the planned order or change is refused: what can be ordered instead, each with its command. One sentence
 * each; never empty.
 */
export function adviceFor(situation: Situation, plan: Plan): string[] {
  return plan.kind === "order" ? adviceForOrder(situation, plan) : adviceForServer(situation, plan);
}

/** A server that exists stays where it is, with its disk and its architecture. */
function adviceForServer(situation: Situation, plan: Exclude<Plan, { kind: "order" }>): string[] {
  const current = plan.server.server_type.name;
  const best = cheapestOf(
    changesOf(situation, plan).filter(({ type }) => ![current, plan.serverType].includes(type.name)),
  );
  return [
    ...(best === undefined ? [] : [sentence(situation, best, [setType(best)])]),
    `To keep the ${current}, run: pulumi config set serverType ${current}`,
  ];
}

/** What the type of an existing server can be changed to now. */
export function changesOf({ catalogue }: Situation, plan: Exclude<Plan, { kind: "order" }>): Candidate[] {
  const { server_type, primary_disk_size } = plan.server;
  return candidatesAt(catalogue, [plan.location]).filter(
    ({ type }) => type.architecture === server_type.architecture && type.disk >= primary_disk_size,
  );
}

type Order = Extract<Plan, { kind: "order" }>;

function adviceForOrder(situation: Situation, plan: Order): string[] {
  const { wanted, catalogue } = situation;
  const others = candidatesAt(catalogue, locationsOf(situation, plan)).filter(
    ({ type, offer }) => type.name !== plan.serverType || offer.location !== plan.location,
  );
  const here = cheapestOf(others.filter((one) => isHere(one, plan) && runsEveryBot(one)));
  const elsewhere = others.filter((one) => !isHere(one, plan));
  const there =
    cheapestOf(elsewhere.filter(({ type }) => type.name === plan.serverType)) ??
    cheapestOf(elsewhere.filter(runsEveryBot));
  const chosen = [here, there].filter((one) => one !== undefined);
  // An arm one is better than none, but not every bot runs on it.
  const last = chosen.length > 0 ? [] : [cheapestOf(others)].filter((one) => one !== undefined);
  const sentences = [...chosen, ...last].map((one) =>
    sentence(situation, one, commands(situation, plan, one)),
  );
  return sentences.length > 0
    ? sentences
    : [`Nothing that fits can be ordered in ${list(wanted.locations, "or")} at the moment. Try again later.`];
}

/** Without a location there is nothing to move to: each one is as good. */
function isHere({ offer }: Candidate, plan: Order): boolean {
  return plan.location === undefined || offer.location === plan.location;
}

/** The location that was planned, and the others where a server may be. */
export function locationsOf({ wanted }: Situation, plan: Plan): string[] {
  return [...new Set([...(plan.location === undefined ? [] : [plan.location]), ...wanted.locations])];
}

function commands(situation: Situation, plan: Order, candidate: Candidate): string[] {
  const { wanted, previous, server, addressLocation } = situation;
  const type = wanted.serverType ?? server?.server_type.name ?? previous?.serverType;
  // Without a type, the cheapest one is taken by itself.
  const keepsType = type === undefined ? runsEveryBot(candidate) : candidate.type.name === type;
  const location = candidate.offer.location;
  const move =
    addressLocation === undefined ? `pulumi config set location ${location}` : `npm run move -- ${location}`;
  return [...(keepsType ? [] : [setType(candidate)]), ...(isHere(candidate, plan) ? [] : [move])];
}

function setType({ type }: Candidate): string {
  return `pulumi config set serverType ${type.name}`;
}

function sentence({ catalogue }: Situation, { type, offer }: Candidate, steps: string[]): string {
  const price = `${money(offer.price.total, catalogue.currency)} a month with the address, before tax`;
  const arm =
    type.architecture === "x86" ? "" : `; it is ${type.architecture}: check that your bot runs on it`;
  return `To have a ${type.name} in ${offer.location} (${price}${arm}), run: ${steps.join(" && ")}`;
}
