import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import type { HetznerClient } from "../hetzner/client.ts";
import { isProtected } from "../hetzner/protection.ts";
import type { ServerOrder } from "./server-order.ts";
import { stackLabels } from "./stack-labels.ts";

export interface StaticIpArgs {
  /** The Primary IP's name at Hetzner. */
  name: string;
  /** The setting; undefined if it is left to the order. It counts when the address is made. */
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
        labels: stackLabels(),
      },
      {
        parent: this,
        protect: true,
        hooks: {
          beforeCreate: [
            new pulumi.ResourceHook("look for the names", () => args.order.requireFreeNames(), {
              onDryRun: true,
            }),
          ],
          beforeDelete: [refuseDeletion(args.order.client)],
          onError: [args.order.explainRefusals],
        },
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
          `The address ${String(oldOutputs?.ipAddress)} is protected at Hetzner. It was not deleted.`,
        );
      }
    },
    { onDryRun: true },
  );
}
