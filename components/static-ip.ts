import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";

export interface StaticIpArgs {
  /** The Primary IP's name at Hetzner. */
  name: string;
  /** Where the address is. It can't move later. */
  location: string;
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
        location: args.location,
        autoDelete: false,
      },
      // Protected by Pulumi only, whose error says how to release it. Hetzner's own protection would make
      // `pulumi destroy` fail after the server is gone.
      // A changed location would replace the address. It is ignored here and refused below, with the reason.
      { parent: this, protect: true, ignoreChanges: ["location"] },
    );
    this.primaryIpId = primaryIp.id.apply(Number);
    this.ipAddress = primaryIp.ipAddress;
    this.location = pulumi
      .all([primaryIp.location, primaryIp.ipAddress])
      .apply(([actual, ipAddress]) => refuseMove(actual, args.location, ipAddress));
    this.registerOutputs({ ipAddress: this.ipAddress, location: this.location });
  }
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
      `To move: create a second stack in ${wanted}, whitelist its address at Binance, and then destroy this stack.`,
    ].join("\n"),
  );
}
