import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import type { HetznerClient } from "../hetzner/client.ts";
import { isProtected } from "../hetzner/protection.ts";
import type { ServerOrder } from "./server-order.ts";

export interface StaticIpArgs {
  /** The Primary IP's name at Hetzner. */
  name: string;
  /** The setting; undefined if it is left to the order. The address can't move later. */
  location: string | undefined;
  order: ServerOrder;
}

/**
 * The address that is whitelisted at Binance. It is a Primary IP, because that outlives the server and the server's
 * traffic leaves from it; a Floating IP would also need settings on the server for that.
 */
export class StaticIp extends pulumi.ComponentResource {
  /** The Primary IP's id, as the number that hcloud's inputs take. */
  readonly primaryIpId: pulumi.Output<number>;
  readonly ipAddress: pulumi.Output<string>;
  /** Where the address really is, once a changed setting has been refused. */
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
      },
      {
        parent: this,
        // Protected by Hetzner, against a slip in its Console, and by Pulumi.
        protect: true,
        hooks: { beforeDelete: [refuseDeletion(args.order.client)], onError: [args.order.explainRefusals] },
        // A changed location would replace the address. It is ignored here and refused below, with the reason.
        ignoreChanges: ["location"],
      },
    );
    this.primaryIpId = primaryIp.id.apply(Number);
    this.ipAddress = primaryIp.ipAddress;
    this.location = pulumi
      .all([primaryIp.location, primaryIp.ipAddress])
      .apply(([actual, ipAddress]) => refuseMove(actual, args.location ?? actual, ipAddress));
    this.registerOutputs({ ipAddress: this.ipAddress, location: this.location });
  }
}

/**
 * Refuses to delete the address while Hetzner protects it: in the preview, so before the server is deleted. Pulumi
 * refuses a plain `pulumi destroy` because of this hook, and prints its name.
 */
function refuseDeletion(client: HetznerClient): pulumi.ResourceHook {
  return new pulumi.ResourceHook(
    "The address is protected at Hetzner. To delete everything, run: npm run teardown",
    async ({ id, oldOutputs }) => {
      if (await isProtected(client, Number(id))) {
        throw new Error(
          `The address ${String(oldOutputs?.ipAddress)} is protected at Hetzner. Nothing was deleted.`,
        );
      }
    },
    { onDryRun: true },
  );
}

/**
 * @returns the address's location
 * @throws RunError if the setting names another one
 */
export function refuseMove(actual: string, wanted: string, ipAddress: string): string {
  if (actual === wanted) {
    return actual;
  }
  throw new pulumi.RunError(
    [
      `The setting location is ${wanted}, but the address ${ipAddress} is in ${actual}, and an address can't move.`,
      "A server elsewhere would need another address, which isn't in the whitelist at Binance. Nothing was changed.",
      `To stay: pulumi config set location ${actual}`,
      `To move while no key is installed, which gives you another address: npm run move -- ${wanted}`,
      `To move later: create a second stack in ${wanted}, whitelist its address at Binance, and then delete this stack (npm run teardown).`,
    ].join("\n"),
  );
}
