import * as pulumi from "@pulumi/pulumi";
import { diagnoseTunnel, type TunnelReason } from "../checklist/diagnosis/tunnel.ts";
import type { HetznerClient } from "../hetzner/client.ts";
import { adviceForUnreachable } from "../hetzner/reachability.ts";

export interface UnreachableArgs {
  client: HetznerClient;
  /** The server's id at Hetzner. */
  id: pulumi.Output<string>;
  host: pulumi.Output<string>;
}

/**
 * For everything that runs on the server: the command provider's own words don't say whether the server is off, or what to
 * do. It is explained once, however many steps fail.
 */
export function explainUnreachable({ client, id, host }: UnreachableArgs): pulumi.ErrorHook {
  let isExplained = false;
  const server = new Promise<{ id: string; ipAddress: string }>((resolve) => {
    pulumi.all([id, host]).apply(([known, ipAddress]) => {
      resolve({ id: known, ipAddress });
    });
  });
  return new pulumi.ErrorHook("explain why the server can't be reached", async ({ errors }) => {
    const cause = connectionFailure(errors[0] ?? "");
    if (cause !== undefined && !isExplained) {
      isExplained = true;
      const { id: known, ipAddress } = await server;
      await pulumi.log.error(
        cause === "ssh-unreachable"
          ? await adviceForUnreachable(client, Number(known))
          : diagnoseTunnel({ reason: cause, detail: "" }, { ipAddress, caller: "tunnel" }).remedy,
      );
    }
    return false;
  });
}

const causes: readonly [RegExp, TunnelReason][] = [
  // Of the command provider, which is written in Go.
  [/host key mismatch/, "ssh-host-key"],
  [/unable to authenticate/, "ssh-denied"],
  [/dial tcp|ssh: handshake failed/, "ssh-unreachable"],
  // Of our own scripts, which have named the other causes themselves (scripts/lib/ssh/failure.ts).
  [/Can't connect to .*(doesn't answer|no route|refuses SSH connections|and then broke)/, "ssh-unreachable"],
];

/** Why there was no connection to the server; undefined for an error of another kind. */
export function connectionFailure(error: string): TunnelReason | undefined {
  return causes.find(([pattern]) => pattern.test(error))?.[1];
}
