import type { HetznerClient } from "../../../hetzner/client.ts";
import { HetznerError } from "../../../hetzner/failure.ts";
import { lookAtOrder } from "../../../hetzner/order.ts";
import { UserError } from "../command/user-error.ts";
import type { Journal } from "./journal.ts";

/**
 * Looks whether the new server can be ordered: it is a new order, at today's price.
 *
 * @param serverType the setting; undefined for the type of the server that is replaced
 * @param addressName that of the address that the new server gets
 * @returns what people read, and the server that Hetzner has under this name
 * @throws UserError with every reason why it can't be ordered
 */
export async function lookAtReplacement(
  client: HetznerClient,
  { name, image, location, serverType: replacedType }: Journal["server"],
  serverType: string | undefined,
  addressName?: string,
): Promise<{ report: string; existing: { id: number } | undefined }> {
  const wanted = {
    name,
    addressName,
    image,
    serverType: serverType ?? replacedType,
    location,
    locations: [location],
    replaces: "server",
  } as const;
  try {
    const { errors, warnings, report, server } = await lookAtOrder(client, wanted);
    if (errors.length > 0) {
      throw new UserError([...errors, report.trimEnd()].join("\n"));
    }
    return { report: [...warnings, report].join("\n"), existing: server };
  } catch (error) {
    if (error instanceof HetznerError) {
      throw new UserError(`Could not check whether the new server can be ordered. ${error.message}`);
    }
    throw error;
  }
}
