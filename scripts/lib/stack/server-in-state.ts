import { UserError } from "../command/user-error.ts";
import { keysIn } from "../rotation/keys.ts";
import { adminUser, type Server } from "../ssh/server.ts";
import { parseExported } from "./exported-state.ts";
import { addressIn, parseStackState } from "./state.ts";

// A first `pulumi up` that failed leaves a server, but no outputs. What is needed to log in is in the stack's state.

/**
 * The server in the stack's state, with all its keys.
 *
 * @param json what `pulumi stack export --show-secrets` prints
 * @returns undefined if the stack has made no server, or not all that is needed
 */
export function serverWithKeys(json: string): Server | undefined {
  const host = addressIn(parseStackState(json))?.ipAddress;
  if (host === undefined) {
    return undefined;
  }
  try {
    const { deploy, initialHost, host: permanent } = keysIn(parseExported(json));
    // Which of them the server has depends on how far the first run got.
    const hostKey = [initialHost.publicKey, permanent.publicKey];
    return { host, user: adminUser, deployKey: deploy.privateKey, hostKey };
  } catch (error) {
    if (error instanceof UserError) {
      return undefined;
    }
    throw error;
  }
}
