import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";

/** The user that Pulumi and the server's owner log in as; root can't log in. */
export const adminUser = "admin";

/** A server as it is known to everything that is installed on it. Nothing in it is specific to Hetzner. */
export interface ServerIdentity {
  host: pulumi.Output<string>;
  user: string;
  /** The private key that the server lets in; secret. */
  deployKey: pulumi.Output<string>;
  /** The public key that the server must prove to have. */
  hostKey: pulumi.Output<string>;
  /** A new value means a new disk: everything is installed again. */
  generation: pulumi.Output<string>;
  /** Says what to do if a step on the server fails because the server can't be reached. */
  explainUnreachable: pulumi.ErrorHook;
}

/** The options of each resource that connects to the server. */
export function reaching({ explainUnreachable }: ServerIdentity): pulumi.CustomResourceOptions {
  return { hooks: { onError: [explainUnreachable] } };
}

/** How Pulumi connects to the server. */
export function connectionTo({
  host,
  user,
  deployKey,
  hostKey,
}: ServerIdentity): command.types.input.remote.ConnectionArgs {
  return { host, user, privateKey: deployKey, hostKey, perDialTimeout: 5 };
}

/** How the scripts in scripts/ get the server on standard input (scripts/lib/ssh/server.ts). */
export function scriptInput({ host, user, deployKey, hostKey }: ServerIdentity) {
  return { host, user, deployKey, hostKey };
}
