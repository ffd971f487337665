import leven from "leven";
import { adviceFor } from "./advice.ts";
import { type Catalogue, findOffer, findType, type ServerType } from "./catalogue.ts";
import { type Plan, smallest } from "./choice.ts";
import { day } from "./money.ts";
import { problemsOfMove } from "./move.ts";
import type { Server } from "./replies.ts";
import type { Situation } from "./situation.ts";
import { problemsOfStandby } from "./standby.ts";
import { list } from "./text.ts";

/** What people read about a plan. */
export interface Findings {
  errors: string[];
  warnings: string[];
}

/** Judges a plan. A server that stays as it is needs nothing: a sold-out type that already runs is fine. */
export function findingsOf(situation: Situation, plan: Plan): Findings {
  const moves = [...problemsOfMove(situation), ...problemsOfStandby(situation, plan)];
  if (plan.kind === "keep" || moves.length > 0) {
    return { errors: moves, warnings: [] };
  }
  const type = findType(situation.catalogue, plan.serverType);
  const problems = [
    ...problemsOfType(situation, plan, type),
    ...(type === undefined ? [] : problemsOfFit(plan, type)),
  ];
  // The last problem is followed by what to do about all of them.
  const last = problems.pop();
  return {
    errors: [
      ...problems,
      ...(last === undefined ? [] : [[last, ...adviceFor(situation, plan)].join("\n")]),
      ...(type === undefined || plan.kind === "change" ? [] : problemsOfImage(situation, type)),
    ],
    warnings: type === undefined ? [] : warningsAbout(situation, plan, type),
  };
}

/** What is wrong with ordering the type at the location now. */
function problemsOfType(
  { wanted, catalogue }: Situation,
  plan: Plan,
  type: ServerType | undefined,
): string[] {
  const { serverType, location } = plan;
  const places = list(location === undefined ? wanted.locations : [location], "or");
  if (serverType === undefined) {
    return [`Hetzner has no server that fits and can be ordered in ${places} at the moment.`];
  }
  if (type === undefined) {
    return [
      `Hetzner doesn't sell a server type ${JSON.stringify(serverType)}.${suggestion(serverType, catalogue)}`,
    ];
  }
  const offer = findOffer(type, location);
  if (location === undefined) {
    return [`${serverType} can't be ordered in ${places} at the moment.`];
  }
  if (offer === undefined) {
    return [`Hetzner doesn't sell ${serverType} in ${location}.`];
  }
  if (offer.end !== undefined && offer.end <= catalogue.date) {
    return [`Hetzner stopped selling ${serverType} in ${location} on ${day(offer.end)}.`];
  }
  return offer.isAvailable ? [] : [`${serverType} is sold out in ${location} at the moment.`];
}

/** What is wrong with the type itself, for a bot or for the server that exists. */
function problemsOfFit(plan: Plan, type: ServerType): string[] {
  return [
    ...(type.memory < smallest.memory
      ? [`${type.name} has ${type.memory} GB memory. A bot needs at least ${smallest.memory} GB.`]
      : []),
    ...(plan.kind === "change" ? problemsOfChange(plan.server, type) : []),
  ];
}

function problemsOfChange({ server_type, primary_disk_size }: Server, type: ServerType): string[] {
  return [
    ...(type.architecture === server_type.architecture
      ? []
      : [
          `A type change can't change the architecture: ${type.name} is ${type.architecture}, and the server is ${server_type.architecture}.`,
        ]),
    ...(type.disk >= primary_disk_size
      ? []
      : [
          `A type change can't shrink the disk: ${type.name} has ${type.disk} GB, and the server's disk has ${primary_disk_size} GB.`,
        ]),
  ];
}

function problemsOfImage(
  { wanted, images, catalogue }: Situation,
  { name, architecture }: ServerType,
): string[] {
  const image = images.find((one) => one.architecture === architecture);
  if (image === undefined) {
    return [
      `Hetzner has no image ${wanted.image} for ${architecture}, which ${name} needs. Choose a type of another architecture, or update trading-bot-server.`,
    ];
  }
  const end = image.deprecation?.unavailable_after;
  return end && end <= catalogue.date
    ? [
        `Hetzner stopped offering the image ${wanted.image} on ${day(end)}. Update trading-bot-server: a newer version may use a newer image.`,
      ]
    : [];
}

function warningsAbout({ wanted, images, catalogue }: Situation, plan: Plan, type: ServerType): string[] {
  const end = findOffer(type, plan.location)?.end;
  const imageEnd = images.find(({ architecture }) => architecture === type.architecture)?.deprecation
    ?.unavailable_after;
  return [
    ...(type.cores < smallest.cores
      ? [
          `${type.name} has ${type.cores} vCPU. freqtrade needs at least ${smallest.cores} (its documentation).`,
        ]
      : []),
    ...(end && end > catalogue.date
      ? [
          `Hetzner stops selling ${type.name} in ${plan.location ?? ""} on ${day(end)}. A server that exists by then keeps running, but can't be ordered again.`,
        ]
      : []),
    ...(plan.kind === "order" && imageEnd && imageEnd > catalogue.date
      ? [
          `Hetzner stops offering the image ${wanted.image} on ${day(imageEnd)}. Look for a newer version of trading-bot-server before that.`,
        ]
      : []),
  ];
}

/** The names that need the fewest typing mistakes to become this one. */
function suggestion(name: string, { serverTypes }: Catalogue): string {
  const near = serverTypes
    .map((type) => ({ name: type.name, distance: leven(name.toLowerCase(), type.name) }))
    .filter(({ distance }) => distance <= 2)
    .sort((one, other) => one.distance - other.distance)
    .slice(0, 3)
    .map((one) => one.name);
  return near.length === 0 ? "" : ` Did you mean ${list(near, "or")}?`;
}
