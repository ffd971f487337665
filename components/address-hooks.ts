import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { HetznerClient } from "../hetzner/client.ts";
import { isProtected } from "../hetzner/protection.ts";

const named = z.looseObject({ name: z.string() });

/**
 * What our program does around the making and the deletion of an address. The engine knows a hook by its name, so all
 * addresses have the same ones.
 *
 * @param requireFreeNames refuses a name that is taken at Hetzner
 */
export function addressHooks(
  client: HetznerClient,
  requireFreeNames: (name: string) => Promise<void>,
): pulumi.ResourceHookBinding {
  return {
    beforeCreate: [
      new pulumi.ResourceHook(
        "look for the names",
        ({ newInputs }) => requireFreeNames(named.parse(newInputs).name),
        { onDryRun: true },
      ),
    ],
    beforeDelete: [refuseDeletion(client)],
  };
}

/**
 * Refuses to delete an address while Hetzner protects it: in the preview, so before the server is deleted. Pulumi
 * refuses a plain `pulumi destroy` because of this hook, and prints its name.
 */
function refuseDeletion(client: HetznerClient): pulumi.ResourceHook {
  return new pulumi.ResourceHook(
    "The address is protected at Hetzner. To delete everything, run: npm run teardown",
    async ({ id, oldOutputs }) => {
      if (await isProtected(client, { kind: "Primary IP", id: Number(id) })) {
        throw new Error(
          `The address ${String(oldOutputs?.ipAddress)} is protected at Hetzner. It was not deleted.`,
        );
      }
    },
    { onDryRun: true },
  );
}
