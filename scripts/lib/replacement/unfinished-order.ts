import type { HetznerClient } from "../../../hetzner/client.ts";
import { HetznerError } from "../../../hetzner/failure.ts";
import { readServer } from "../../../hetzner/server.ts";
import { UserError } from "../command/user-error.ts";
import { runPulumi } from "../stack/pulumi-cli.ts";
import type { Address } from "../stack/state.ts";

/**
 * Makes sure that no other run of the Pulumi CLI works on the stack: it could be ordering that very server. A refresh of
 * one resource takes the stack's lock, and changes nothing.
 *
 * @throws UserError with the CLI's message
 */
export async function requireNoOtherRun(stack: string | undefined, { urn }: Address): Promise<void> {
  const args = ["refresh", "--yes", "--skip-preview", "--skip-pending-creates", "--target", urn];
  await runPulumi(args, stack, "An earlier run may not have ended.");
}

/**
 * Deletes a server that an earlier run has ordered before it was killed: Pulumi doesn't know it, so nothing was installed
 * on it, and its name and its address are needed for the next order.
 *
 * @param address the stack's own. A server that has it is the stack's
 * @throws UserError if it has another address, or can't be deleted
 */
export async function deleteUnfinished(client: HetznerClient, id: number, address: Address): Promise<void> {
  try {
    const server = await readServer(client, id);
    if (server.public_net.ipv4?.ip !== address.ipAddress) {
      throw new UserError(
        `Hetzner has a server ${server.name} (${id}) that isn't in the stack's state, and it has another address than the stack's. Delete it in Hetzner's Console if you don't need it, and run this again.`,
      );
    }
    await client.delete(`/servers/${id}`);
  } catch (error) {
    if (!(error instanceof HetznerError)) {
      throw error;
    }
    if (error.code !== "not_found") {
      throw new UserError(`The server ${id} could not be deleted. ${error.message}`);
    }
  }
}
