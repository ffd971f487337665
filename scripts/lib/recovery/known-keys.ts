import type { StackKeys } from "../rotation/keys.ts";
import { NoConnection, runRemotely } from "../ssh/remote.ts";
import { adminUser } from "../ssh/server.ts";

/**
 * Whether a server has other keys than these: it refuses the deploy key, or shows another host key. A server that doesn't
 * answer, such as one that still boots, has not refused them.
 */
export async function refuses(
  host: string,
  { deploy, initialHost, host: permanent }: StackKeys,
): Promise<boolean> {
  const server = {
    host,
    user: adminUser,
    deployKey: deploy.privateKey,
    hostKey: [initialHost.publicKey, permanent.publicKey],
  };
  try {
    await runRemotely(server, "true", { minutes: 1 });
    return false;
  } catch (error) {
    if (error instanceof NoConnection) {
      return error.failure.reason === "ssh-denied" || error.failure.reason === "ssh-host-key";
    }
    throw error;
  }
}
