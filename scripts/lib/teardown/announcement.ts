import { backupHint } from "../backup/hint.ts";
import {
  addressesIn,
  liveKeyPairIn,
  monthlyCostIn,
  serverIn,
  type StackState,
  type Volume,
  volumeIn,
} from "../stack/state.ts";

/**
 * What a teardown deletes and what stays, for the owner to confirm.
 *
 * @param isMade whether the key of the settings was made on the server (`npm run make-key`)
 */
export function announcement(
  state: StackState,
  stackName: string,
  keepsAddress: boolean,
  isMade = false,
): string {
  const items = itemsOf(state, keepsAddress);
  const except = keepsAddress ? ", except its address" : "";
  return [
    ...(items.length === 0
      ? [`The stack ${stackName} has nothing at Hetzner to delete${except}. Its records are removed.`]
      : [
          `This deletes what the stack ${stackName} has at Hetzner${except}:`,
          ...items.map((line) => `  ${line}`),
          ...(serverIn(state) ? [backupHint] : []),
        ]),
    ...(keepsAddress ? keptAddress(state) : costs(state)),
    ...lastingVolume(state),
    ...keyPair(state, keepsAddress, isMade),
    keepsAddress
      ? "The settings stay."
      : `The settings stay. To remove them as well, run afterwards: pulumi stack rm ${stackName}`,
    "",
  ].join("\n");
}

function itemsOf(state: StackState, keepsAddress: boolean): string[] {
  const server = serverIn(state);
  const addresses = keepsAddress ? [] : addressesIn(state);
  const has = (type: string) => state.resources.some((resource) => resource.type === type);
  return [
    ...(server
      ? [
          `the server ${server.name} with its disk: the bot's program${volumeIn(state) ? "" : " and its state"}`,
        ]
      : []),
    ...addresses.map(
      ({ ipAddress }) => `the address ${ipAddress}, which another customer of Hetzner may get`,
    ),
    ...(has("hcloud:index/firewall:Firewall") ? ["its firewall"] : []),
    ...(has("hcloud:index/sshKey:SshKey") ? ["its SSH key"] : []),
  ];
}

function costs(state: StackState): string[] {
  const cost = monthlyCostIn(state);
  return cost === undefined ? [] : [`Hetzner then no longer bills: ${cost}`];
}

function keptAddress(state: StackState): string[] {
  return [
    ...addressesIn(state).map(
      ({ ipAddress }) =>
        `The address ${ipAddress} stays yours, and stays protected. It costs about 0.50 € a month.`,
    ),
    "The next `pulumi up` orders a server at this address, at the price of that day.",
  ];
}

function lastingVolume(state: StackState): string[] {
  const volume = volumeIn(state);
  return volume === undefined
    ? []
    : [
        `The volume ${volume.name} (${volume.size} GB, in ${volume.location}) has the bot's state. It stays unless you type its name; with --yes, it is deleted unless there is --keep-volume. ${volumeCost(volume)}`,
      ];
}

/** About the price of autumn 2026. */
export function volumeCost({ size }: Volume): string {
  return `It costs about ${(size * 0.057).toFixed(2)} € a month.`;
}

const endsWithDisk =
  "Its private key was made on the server and is nowhere else: it ends with the server's disk. A later server needs a new key: npm run make-key";

/** A pair may be live, or still be at Binance after a server that was deleted by hand. */
function keyPair(state: StackState, keepsAddress: boolean, isMade: boolean): string[] {
  const pair = liveKeyPairIn(state);
  if (pair === undefined) {
    return [];
  }
  const ipAddress =
    addressesIn(state)
      .map((one) => one.ipAddress)
      .join(" and ") || "the address";
  return [
    `The key pair ${pair} is live on the server, and is deleted with it. Open orders and positions at Binance stay, without a bot that watches them.`,
    ...(isMade ? [endsWithDisk] : []),
    keepsAddress && !isMade
      ? "The next `pulumi up` installs the key pair of the settings again."
      : `The key stays valid at Binance. Delete it there, or remove ${ipAddress} from its whitelist.`,
  ];
}
