import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { standbyLabel } from "../hetzner/standby.ts";
import type { ServerOrder } from "./server-order.ts";
import { stackLabels } from "./stack-labels.ts";

export interface StaticIpArgs {
  /** The Primary IP's name at Hetzner. */
  name: string;
  /** Undefined if it is left to the order. It counts when the address is made. */
  location: string | undefined;
  order: ServerOrder;
  /** Whether it is the stack's second address, which has a label of its kind at Hetzner. */
  isStandby?: boolean;
}

/** What a server needs of its address. */
export type ServerAddress = Pick<StaticIp, "primaryIpId" | "ipAddress" | "location">;

/**
 * An address that is whitelisted at Binance. It is a Primary IP, because that outlives the server and the server's
 * traffic leaves from it; a Floating IP would also need settings on the server for that.
 */
export class StaticIp extends pulumi.ComponentResource {
  /** The Primary IP's id, as the number that hcloud's inputs take. */
  readonly primaryIpId: pulumi.Output<number>;
  readonly ipAddress: pulumi.Output<string>;
  readonly location: pulumi.Output<string>;

  constructor(name: string, args: StaticIpArgs, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:StaticIp", name, {}, options);
    const primaryIp = new hcloud.PrimaryIp(
      name,
      {
        name: args.name,
        type: "ipv4",
        location: args.location ?? args.order.location,
        autoDelete: false,
        deleteProtection: true,
        labels: { ...stackLabels(), ...(args.isStandby === true && standbyLabel) },
      },
      {
        parent: this,
        protect: true,
        hooks: { ...args.order.addressHooks, onError: [args.order.explainRefusals] },
        // A changed location would replace the address. The look at the order refuses it, with the reason.
        ignoreChanges: ["location"],
      },
    );
    this.primaryIpId = primaryIp.id.apply(Number);
    this.ipAddress = primaryIp.ipAddress;
    this.location = primaryIp.location;
    this.registerOutputs({ ipAddress: this.ipAddress, location: this.location });
  }
}
