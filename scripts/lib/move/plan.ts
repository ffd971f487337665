import { locationRefusal } from "../../../checklist/locations.ts";
import { UserError } from "../command/user-error.ts";
import {
  activeAddressIn,
  type Address,
  addressIn,
  liveKeyPairIn,
  serverIn,
  type StackState,
  volumeIn,
} from "../stack/state.ts";

/** What a move has to do. */
export type Plan =
  /** Address and server are there already. */
  | { kind: "nothing"; address: Address }
  /** Nothing has to be deleted: there is no address, or an earlier move was interrupted after it. */
  | { kind: "up" }
  /** Everything is deleted: the address, and a volume, can't move. The address may be gone since an earlier move. */
  | { kind: "delete-first"; address: Address | undefined };

/** A stack's settings, by their names, as far as they are set. */
export type Settings = Partial<Record<string, string>>;

/** @throws UserError if the stack may not move there */
export function planMove(state: StackState, settings: Settings, location: string): Plan {
  requireServed(settings, location);
  if (activeAddressIn(state) === "standby") {
    throw new UserError(
      "The server is at the standby address. To go back to the first address first: npm run failover -- --back",
    );
  }
  const address = addressIn(state);
  if (address === undefined) {
    const volume = volumeIn(state);
    return volume === undefined || volume.location === location
      ? { kind: "up" }
      : { kind: "delete-first", address };
  }
  if (address.location === location) {
    return serverIn(state) !== undefined && isFor(settings, location)
      ? { kind: "nothing", address }
      : { kind: "up" };
  }
  requireNoKey(state, settings, location, address);
  return { kind: "delete-first", address };
}

function isFor({ location: setting = "" }: Settings, location: string): boolean {
  return setting === "" || setting === location;
}

/** Before anything is deleted, because `pulumi up` would refuse the setting afterwards. */
function requireServed({ allowAnyLocation }: Settings, location: string): void {
  const refusal = locationRefusal(location);
  if (refusal !== undefined && allowAnyLocation !== "true") {
    throw new UserError(`The location ${refusal.problem}. ${refusal.explanation}`);
  }
}

/** A key was created for this address, so that the address is probably in its whitelist. */
function requireNoKey(state: StackState, settings: Settings, location: string, { ipAddress }: Address): void {
  const live = liveKeyPairIn(state);
  if (live === undefined && settings["binance:apiKey"] === undefined) {
    return;
  }
  throw new UserError(
    [
      live === undefined
        ? "The address can't move: binance:apiKey is set, so a key at Binance probably has this address in its whitelist."
        : `The address can't move: the key pair ${live} is live, and its key has this address in its whitelist at Binance.`,
      `A move gives up ${ipAddress}, and another customer of Hetzner may get it. Nothing was changed.`,
      `To move: create a second stack in ${location}, whitelist its address at Binance, and then run for this stack: npm run teardown`,
      "To give the key up instead: delete it at Binance, run `pulumi config rm binance:apiKey`, `pulumi config rm binance:apiSecret` (or `pulumi config rm binance:publicKey`) and `pulumi up`, and then this again.",
    ].join("\n"),
  );
}
