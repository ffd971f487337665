import { type HetznerAccess, HetznerClient } from "../../../hetzner/client.ts";
import {
  endpointOf,
  isUnencrypted,
  removal,
  unencryptedExplanation,
  unencryptedProblem,
} from "../../../hetzner/endpoint.ts";
import { UserError } from "../command/user-error.ts";
import { parseSettings, printSettings } from "./settings.ts";

/**
 * A client of Hetzner's API with the token of a stack's settings.
 *
 * @param stack the stack's name, or undefined for the selected one
 * @throws UserError if the settings can't be read, or have no token
 */
export async function hetznerClient(stack: string | undefined): Promise<HetznerClient> {
  return new HetznerClient(await readHetznerAccess(stack));
}

/** What hetznerClient() uses. @throws UserError */
export async function readHetznerAccess(stack: string | undefined): Promise<HetznerAccess> {
  return hetznerAccess(await printSettings(stack), process.env.HCLOUD_ENDPOINT);
}

/**
 * @param json the settings as `pulumi config --json --show-secrets` prints them
 * @param endpointVariable the environment variable HCLOUD_ENDPOINT
 * @throws UserError without a token, or if the token would be sent unencrypted
 */
export function hetznerAccess(json: string, endpointVariable: string | undefined): HetznerAccess {
  const settings = parseSettings(json);
  const token = settings["hcloud:token"]?.value;
  if (token === undefined || token === "") {
    throw new UserError(
      "The stack has no token for Hetzner's API yet. Set it, and run this again:\n  pulumi config set --secret hcloud:token",
    );
  }
  const endpoint = endpointOf(settings["hcloud:endpoint"]?.value, endpointVariable);
  if (isUnencrypted(endpoint)) {
    throw new UserError(
      `${endpoint.source} ${unencryptedProblem}. ${unencryptedExplanation}\n  ${removal(endpoint)}`,
    );
  }
  return { token, endpoint: endpoint.url };
}
