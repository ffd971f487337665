import { adviceFor } from "./advice.ts";
import { catalogueOf } from "./catalogue.ts";
import { type Plan, planFor } from "./choice.ts";
import type { HetznerClient } from "./client.ts";
import { HetznerError } from "./failure.ts";
import { type Findings, findingsOf } from "./findings.ts";
import { explained } from "./refusals.ts";
import { image, pricingReply, primaryIp, type Server, server, serverType, volume } from "./replies.ts";
import { alternativesOf, costOf, type OfferedServer, offersOf, spareCostOf, summaryOf } from "./report.ts";
import type { Choice, Situation, Wanted } from "./situation.ts";
import { planOfVolume, problemsOfVolume } from "./state-volume.ts";
import { checkWriteAccess, writeFindings } from "./write-access.ts";

export { type Choice, parseChoice, type Wanted } from "./situation.ts";

/** What a look found. */
export interface OrderLook {
  /** Undefined if nothing fitting can be had, or if it may not be ordered (`errors` says why). */
  choice: Choice | undefined;
  /** Why nothing may be ordered or changed, and then what to do (`advice`); empty if all is well. */
  errors: string[];
  warnings: string[];
  /** What people read: what is ordered or changed, its price, what else could be had. Ends with a newline. */
  report: string;
  /** The beginning of the report: what is ordered or changed, and its price. Empty if there are errors. */
  summary: string;
  /**
   * What to do if Hetzner refuses the order or the change after all: a type or a location that can be ordered now, each
   * with its command. One sentence each; empty if nothing is ordered or changed.
   */
  advice: string[];
  /** What can be ordered instead of a server that isn't there yet, the chosen one first; empty if none is ordered. */
  offers: OfferedServer[];
  /** The server of that name, if there is one. */
  server: { id: number; serverType: string; location: string; status: string } | undefined;
}

/**
 * Looks at what can be ordered before anything is made or changed: the token may write, the type is sold and available
 * at the location, it fits, and what it costs. Nothing is changed at Hetzner.
 *
 * @param previous the choice that an earlier run has written down: it is never changed by a later run
 * @throws HetznerError if Hetzner can't be called; its message says what to do
 */
export async function lookAtOrder(
  client: HetznerClient,
  wanted: Wanted,
  previous?: Choice,
): Promise<OrderLook> {
  try {
    // First and alone: an unknown token needs only one call.
    const access = await checkWriteAccess(client);
    return judge(await readSituation(client, wanted, previous), writeFindings(access));
  } catch (error) {
    throw error instanceof HetznerError ? explained(error) : error;
  }
}

async function readSituation(
  client: HetznerClient,
  wanted: Wanted,
  previous: Choice | undefined,
): Promise<Situation> {
  const { name, addressName = name, spare } = wanted;
  const [serverTypes, { pricing }, images, [existing], [address], [other], [stateVolume]] = await Promise.all(
    [
      client.list("server_types", serverType),
      client.get("/pricing", pricingReply),
      client.list("images", image, { name: wanted.image, include_deprecated: "true" }),
      client.list("servers", server, { name }),
      client.list("primary_ips", primaryIp, { name: addressName }),
      spare === undefined ? [] : client.list("primary_ips", primaryIp, { name: spare.name }),
      client.list("volumes", volume, { name }),
    ],
  );
  const catalogue = catalogueOf(serverTypes, pricing, new Date(client.clock.now()));
  return {
    wanted:
      wanted.ordersServer === true && existing !== undefined ? { ...wanted, replaces: "server" } : wanted,
    previous,
    catalogue,
    images,
    server: existing,
    addressLocation: address?.location.name,
    addressIp: address?.ip,
    spareLocation: other?.location.name,
    volume: stateVolume,
  };
}

/** Everything about a look but its calls. */
export function judge(situation: Situation, access: Findings): OrderLook {
  const plan = planFor(situation);
  const found = findingsOf(situation, plan);
  const errors = [...access.errors, ...found.errors, ...problemsOfVolume(situation)];
  const { serverType, location } = plan;
  const summary = errors.length === 0 ? summaryOf(situation, plan) : "";
  const spareCost = previousSpareCost(situation) ?? spareCostOf(situation);
  return {
    choice:
      errors.length > 0 || serverType === undefined || location === undefined
        ? undefined
        : {
            serverType,
            location,
            cost: previousCost(situation, plan) ?? costOf(situation, plan),
            ...(spareCost !== undefined && { spareCost }),
            volume: planOfVolume(situation).size,
          },
    errors,
    warnings: [...access.warnings, ...found.warnings],
    summary,
    report: `${summary}${alternativesOf(situation, plan)}`,
    advice: adviceFor(situation, plan),
    offers: errors.length === 0 ? offersOf(situation, plan) : [],
    server: situation.server && existingServer(situation.server),
  };
}

/** Nothing is ordered, so the price stays the one of the order. */
function previousCost(situation: Situation, { kind, serverType, location }: Plan): string | undefined {
  const { previous } = situation;
  const isSame =
    previous?.serverType === serverType &&
    previous?.location === location &&
    (previous?.volume ?? 0) === planOfVolume(situation).size;
  return kind === "keep" && isSame ? previous?.cost : undefined;
}

/** An address that exists keeps the price of its order. */
function previousSpareCost({ wanted, previous, spareLocation }: Situation): string | undefined {
  return wanted.spare === undefined || spareLocation === undefined ? undefined : previous?.spareCost;
}

function existingServer({ id, status, server_type, location }: Server): OrderLook["server"] {
  return { id, serverType: server_type.name, location: location.name, status };
}
