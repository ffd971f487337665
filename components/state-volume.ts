import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import type { Choice } from "../hetzner/order.ts";
import type { WantedVolume } from "../hetzner/situation.ts";
import type { BotServer } from "./bot-server.ts";
import { runOperatorScript } from "./commands/operator-script.ts";
import { reaching, scriptInput } from "./commands/server-identity.ts";
import type { Hardening } from "./hardening.ts";
import type { ServerOrder } from "./server-order.ts";
import { stackLabels } from "./stack-labels.ts";

/** What the owner of a stack without a volume hears, as long as the setting doesn't say that it is wanted so. */
const stateOnDisk = [
  "The bot's state is on the server's own disk, and ends with it. On a volume, it outlives the server: pulumi config set stateVolume 10, and then pulumi up, which shows the price.",
  "The state is moved there then. The bot stops for that, for about a minute, and a minute more for each 2 GB.",
  "To leave it where it is, without this warning: pulumi config set stateVolume none",
].join(" ");

interface StateVolumeArgs {
  /** The volume's name at Hetzner. */
  name: string;
  /** In GB: the decision in the order. */
  size: number;
  /** Of the first address. It is plain text, so that the volume depends on nothing: what a protected resource depends on stays. */
  location: string;
  /** The setting. With "none", the state goes back to the server's own disk, and the volume stays. */
  wanted: WantedVolume | undefined;
  order: ServerOrder;
  server: BotServer;
  /** Whether the server is at the volume's location: a volume can't leave it. */
  isNear: boolean;
  hardening: Hardening;
}

/**
 * The stack's volume, if the order has one. A stack that was made before there were volumes has none until its owner
 * wants it, and hears about that.
 *
 * @param decided by the look at the order; undefined if that has refused it
 */
export async function stateVolume(
  name: string,
  {
    decided,
    location,
    ...args
  }: Omit<StateVolumeArgs, "size" | "location"> & {
    decided: Choice | undefined;
    /** The first address's, if a setting says it. */
    location: string | undefined;
  },
  options?: pulumi.ComponentResourceOptions,
): Promise<StateVolume | undefined> {
  if (decided?.volume !== undefined && decided.volume > 0) {
    const { volume: size } = decided;
    return new StateVolume(name, { ...args, size, location: location ?? decided.location }, options);
  }
  if (decided !== undefined && args.wanted === undefined) {
    await pulumi.log.warn(stateOnDisk);
  }
  return undefined;
}

/**
 * A volume for the bot's state, which outlives the server. It has a location and no server, and there is no resource for
 * the attachment: a changed server would replace that under a mounted file system. A step of ours attaches it, and
 * the server formats it once and mounts it (root_tools/state_volume.py).
 */
export class StateVolume extends pulumi.ComponentResource {
  /** The bot's state is where the setting says. Undefined for a server that is elsewhere, whose state is on its own disk. */
  readonly ready: pulumi.Resource | undefined;

  constructor(name: string, args: StateVolumeArgs, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:StateVolume", name, {}, options);
    const { order } = args;
    const volume = new hcloud.Volume(
      name,
      {
        name: args.name,
        size: args.size,
        location: args.location,
        deleteProtection: true,
        labels: stackLabels(),
      },
      {
        parent: this,
        protect: true,
        // A changed location would replace it. There is no format here, because a changed one would replace it as well.
        ignoreChanges: ["location"],
        hooks: { onError: [order.explainRefusals] },
      },
    );
    this.ready = args.isNear ? this.#keepState(args, volume) : undefined;
    this.registerOutputs({});
  }

  #keepState({ order, server, hardening, wanted }: StateVolumeArgs, volume: hcloud.Volume): pulumi.Resource {
    return runOperatorScript(
      "state-place",
      {
        script: "keep-state.ts",
        input: {
          access: order.access,
          server: scriptInput(server.identity),
          serverId: server.serverId,
          volumeId: volume.id,
          size: volume.size,
          stack: `${pulumi.getProject()}/${pulumi.getStack()}`,
          place: wanted === "none" ? "disk" : "volume",
        },
        triggers: [server.identity.generation],
        logging: "stderr",
      },
      { ...reaching(server.identity), parent: this, dependsOn: [volume, hardening.installed] },
    );
  }
}
