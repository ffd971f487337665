import * as pulumi from "@pulumi/pulumi";
import { activeAddress, type AddressRole } from "./active-address.ts";
import type { ServerOrder } from "./server-order.ts";
import { nameAtHetzner, standbyNameAtHetzner } from "./stack-labels.ts";
import { StaticIp } from "./static-ip.ts";

/** An address at Hetzner. */
interface Place {
  name: string;
  /** Undefined if it is left to the order. */
  location: string | undefined;
}

/** Where a stack's addresses are, and which of them its server has. */
export interface AddressPlan {
  active: AddressRole;
  first: Place;
  /** Undefined without the setting standby. */
  standby: Place | undefined;
}

/** @throws RunError if the server is at an address that the settings no longer have */
export async function planAddresses(settings: {
  location: string | undefined;
  standby: string | undefined;
}): Promise<AddressPlan> {
  const { location, standby } = settings;
  return {
    active: await activeAddress(standby),
    first: { name: nameAtHetzner(), location },
    standby: standby === undefined ? undefined : { name: standbyNameAtHetzner(), location: standby },
  };
}

/** The same plan, as the order at Hetzner needs it. */
export function addressesToOrder({ active, first, standby }: AddressPlan) {
  return active === "standby" && standby !== undefined
    ? { location: standby.location, addressName: standby.name, spare: first }
    : { location: first.location, spare: standby };
}

/** The stack's addresses. */
export interface Addresses {
  /** The server's. */
  address: StaticIp;
  /** The one that no server has. */
  spare: StaticIp | undefined;
}

/** Nothing is made before the look at the order, and nothing if it ends badly. */
export function reserveAddresses({ active, first, standby }: AddressPlan, order: ServerOrder): Addresses {
  const options: pulumi.ComponentResourceOptions = { dependsOn: order };
  const ofFirst = new StaticIp("address", { ...first, order }, options);
  if (standby === undefined) {
    return { address: ofFirst, spare: undefined };
  }
  const ofStandby = new StaticIp("standby", { ...standby, isStandby: true, order }, options);
  return active === "standby"
    ? { address: ofStandby, spare: ofFirst }
    : { address: ofFirst, spare: ofStandby };
}
