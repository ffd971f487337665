import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";

export interface StaticIpArgs {
  /** The Primary IP's name at Hetzner. */
  name: string;
  /** Where the address is, for good: it can't move. */
  location: string;
}

/**
 * The address that is whitelisted at Binance: a Primary IP, which outlives the server, and from which the
 * server's traffic leaves (a Floating IP would need the server's cooperation for that).
 */
export class StaticIp extends pulumi.ComponentResource {
  /** The Primary IP's id, a number as hcloud's inputs want it. */
  readonly primaryIpId: pulumi.Output<number>;
  readonly ipAddress: pulumi.Output<string>;
  /** Where the address really is. Whatever is placed by it waits for the check on a changed setting. */
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
      // Protected by Pulumi alone: what Pulumi then says about releasing it is all that it takes. Hetzner's own
      // protection would make `pulumi destroy` fail half-way, with the server gone.
      // A changed location would replace the address. It is ignored here and refused below, with its reason.
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
 * @returns the location where the address is
 * @throws RunError where the setting names another one
 */
export function refuseMove(actual: string, wanted: string, ipAddress: string): string {
  if (actual === wanted) {
    return actual;
  }
  throw new pulumi.RunError(
    [
      `The location is set to ${wanted}, but the address ${ipAddress} is in ${actual}, and an address can't move.`,
      "A server elsewhere would need another address, which Binance's whitelist doesn't know. Nothing was changed.",
      `To stay: pulumi config set location ${actual}`,
      `To move: make a second stack in ${wanted}, whitelist its address at Binance, and then destroy this one.`,
    ].join("\n"),
  );
}
