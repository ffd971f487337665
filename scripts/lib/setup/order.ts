import { servedLocations } from "../../../checklist/locations.ts";
import { HetznerClient } from "../../../hetzner/client.ts";
import { hostName } from "../../../hetzner/host-name.ts";
import { testedImage } from "../../../hetzner/image.ts";
import { lookAtOrder, type OrderLook } from "../../../hetzner/order.ts";
import { volumeSetting } from "../../../hetzner/state-volume.ts";
import { UserError } from "../command/user-error.ts";
import { readHetznerAccess } from "../stack/hetzner.ts";
import type { Answers, Say } from "./answers.ts";
import { askChoice, StillMissing } from "./prompts.ts";
import type { StackInSetup } from "./stack.ts";

const option = "--yes for the first one, or --server-type TYPE and --location LOCATION, and --yes";

/**
 * Shows what can be ordered and what it costs. What the owner chooses is in the settings afterwards.
 *
 * @throws StillMissing if nothing may be ordered, or if the owner doesn't want it now
 */
export async function confirmOrder(stack: StackInSetup, answers: Answers, say: Say): Promise<void> {
  await takeFromCommandLine(stack, answers);
  const { serverType = "", location = "" } = await stack.values();
  const look = await lookAt(stack);
  if (look.errors.length > 0) {
    throw new UserError([...look.errors, look.report].join("\n"));
  }
  look.warnings.forEach(say);
  if (look.offers.length === 0) {
    // A server of this name is at Hetzner, and not in the stack's state. `pulumi up` says what to do about it.
    return;
  }
  if (serverType !== "" && location !== "") {
    say(look.summary.trimEnd());
    await requireYes(answers);
    return;
  }
  const chosen = answers.yes ? look.offers[0] : await choose(look);
  if (chosen === undefined) {
    throw notNow();
  }
  say(`To be ordered: ${chosen.cost}`);
  await stack.set({ serverType: chosen.serverType, location: chosen.location });
}

async function takeFromCommandLine(stack: StackInSetup, { serverType, location }: Answers): Promise<void> {
  const values = await stack.values();
  const given = {
    ...(serverType !== undefined && (values.serverType ?? "") === "" && { serverType }),
    ...(location !== undefined && (values.location ?? "") === "" && { location }),
  };
  if (Object.keys(given).length > 0) {
    await stack.set(given);
  }
}

async function lookAt(stack: StackInSetup): Promise<OrderLook> {
  const { serverType = "", location = "", stateVolume } = await stack.values();
  const client = new HetznerClient(await readHetznerAccess(stack.stack));
  return lookAtOrder(client, {
    name: hostName(stack.name),
    image: testedImage,
    serverType: serverType === "" ? undefined : serverType,
    location: location === "" ? undefined : location,
    locations: servedLocations,
    volume: volumeSetting(stateVolume),
  });
}

async function choose({ offers }: OrderLook) {
  const named = offers.map((offer) => ({ ...offer, value: `${offer.serverType} ${offer.location}` }));
  const chosen = await askChoice({ message: "Which server? Hetzner bills it from now on.", option }, [
    ...named.map(({ value, cost, size }) => ({ value, label: cost, hint: size })),
    { value: "none", label: "None now", hint: "nothing is ordered" },
  ]);
  return named.find(({ value }) => value === chosen);
}

async function requireYes({ yes }: Answers): Promise<void> {
  if (yes) {
    return;
  }
  const answer = await askChoice({ message: "Order it? Hetzner bills it from now on.", option: "--yes" }, [
    { value: "yes", label: "Yes, order it" },
    { value: "no", label: "Not now", hint: "nothing is ordered" },
  ]);
  if (answer === "no") {
    throw notNow();
  }
}

function notNow(): StillMissing {
  return new StillMissing("Nothing was ordered. To go on: npm run setup");
}
