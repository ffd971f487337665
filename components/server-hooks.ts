import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { HetznerError } from "../hetzner/failure.ts";
import { changedAlready, ensureOn, shutDown, stillOff } from "../hetzner/power.ts";
import { codeIn, concernsLocation, concernsOrder } from "../hetzner/refusals.ts";
import type { ServerOrder } from "./server-order.ts";

const newServerHasNoKey =
  "The new server has no key: the private key of binance:publicKey ends with the disk of the server on which it was made. The bot stays off until you make a new one: npm run make-key";

/** An address, and a volume if the stack has one, are made before the server, and are there if Hetzner refuses that. */
export const withoutServer =
  "There is no server now, but Hetzner bills what the stack has already: about 0.50 € a month for an address, and about 0.057 € for each GB of a volume. To go on, when the server can be ordered: pulumi up. It uses both. To delete them: npm run teardown. It shows what there is, and asks for the address and for the volume. To delete only the volume: npm run teardown -- --release-volume. An address that is in a whitelist should stay.";

/** What a hook is given of the server's properties. In a preview, some may not be known yet. */
const properties = z.looseObject({
  serverType: z.string().optional().catch(undefined),
  location: z.string().optional().catch(undefined),
});

/**
 * What our program does around an order and a change of the server's type. The hcloud provider does the change, but it
 * would cut the power of a running bot, and leave the server off if Hetzner refuses.
 *
 * - before an order: look again, unless this run has looked already; say if a key ends
 * - before a change of the type: look, and shut the server down
 * - after a failure: switch the server on. (After a success, the step `power` does it: it also runs if this run is killed.)
 *
 * @param keyEnds whether the settings have a key that was made on a server, which ends with that server's disk
 */
export function serverHooks(order: ServerOrder, keyEnds: boolean): pulumi.ResourceHookBinding {
  const beforeOrder = new pulumi.ResourceHook(
    "look before the order",
    async ({ newInputs }) => {
      if (keyEnds) {
        await pulumi.log.warn(newServerHasNoKey);
      }
      await order.lookOnce({ ...properties.parse(newInputs), ordersServer: true });
    },
    { onDryRun: true },
  );

  const beforeTypeChange = new pulumi.ResourceHook(
    "shut down before the type change",
    async (run) => {
      const change = typeChange(run);
      if (change === undefined) {
        return;
      }
      if (pulumi.runtime.isDryRun()) {
        await order.lookOnce(change.wanted);
      } else {
        await prepareTypeChange(order, Number(run.id), change);
      }
    },
    { onDryRun: true },
  );

  const afterFailure = new pulumi.ErrorHook("switch on after a failed change", async (run) => {
    const change = typeChange(run);
    if (run.failedOperation === "update" && change !== undefined) {
      await recoverFromFailure(order, Number(run.id));
    }
    // After a change, also if its answer was lost: it may have been made.
    const refusal = run.errors[0] ?? "";
    if (change !== undefined || concernsOrder(codeIn(refusal) ?? "")) {
      const known = change?.wanted ?? properties.parse(run.newInputs);
      await order.advise(known, concernsLocation(refusal) ? known.location : undefined);
    }
    if (run.failedOperation === "create") {
      await pulumi.log.error(withoutServer);
    }
    return false;
  });
  return {
    beforeCreate: [beforeOrder],
    beforeUpdate: [beforeTypeChange],
    onError: [afterFailure, order.explainRefusals],
  };
}

/** What a hook gets, as far as a change of the type shows in it. */
interface Properties {
  oldOutputs?: Record<string, unknown> | undefined;
  newInputs?: Record<string, unknown> | undefined;
}

interface TypeChange {
  from: string;
  wanted: z.output<typeof properties> & { serverType: string };
}

/** The change of the type that an update makes; undefined if it makes none. */
export function typeChange({ oldOutputs, newInputs }: Properties): TypeChange | undefined {
  const from = properties.parse(oldOutputs ?? {}).serverType;
  const { serverType, location } = properties.parse(newInputs ?? {});
  return from === undefined || serverType === undefined || serverType === from
    ? undefined
    : { from, wanted: { serverType, location } };
}

/** @throws Error if the server could not be shut down, or has the type already; it is on then, or its owner hears why not */
async function prepareTypeChange(order: ServerOrder, id: number, { wanted }: TypeChange): Promise<void> {
  const { server } = await order.look(wanted);
  if (server?.serverType === wanted.serverType) {
    await recoverFromFailure(order, id);
    throw new Error(changedAlready(wanted.serverType));
  }
  await pulumi.log.info("Shutting the server down, so that its bot ends as for a reboot…");
  try {
    await shutDown(order.client, id);
  } catch (error) {
    // "unfinished" says that it is still on.
    if (!(error instanceof HetznerError && error.code === "unfinished")) {
      await recoverFromFailure(order, id);
    }
    throw error;
  }
}

/** Whatever has failed, and wherever: the server must be on at the end, or its owner must hear that it isn't. */
async function recoverFromFailure({ client }: ServerOrder, id: number): Promise<void> {
  try {
    if (await ensureOn(client, id)) {
      await pulumi.log.info("The server is on again, and the bot starts as after a reboot.");
    }
  } catch (error) {
    if (!(error instanceof HetznerError)) {
      throw error;
    }
    await pulumi.log.error(stillOff(error));
  }
}
