import * as z from "zod";

/** What a key is for, and so which permissions it has: the setting `permissions`. */
export const permissionsSetting = z.enum(["spot", "futures"]);

export type Permissions = z.output<typeof permissionsSetting>;

/** What a person ticks at Binance when they create the key. */
export const permissionsText: Record<Permissions, string> = {
  spot: "Reading and Spot & Margin Trading only",
  futures: "Reading and Futures only",
};

/** The id of the finding that an order would be accepted. */
export const tradingIds: Record<Permissions, string> = { spot: "spot-trading", futures: "futures-trading" };

/** The name of a permission in Binance's reply, as it can be pasted into a command. */
export const permissionName = /^[A-Za-z][A-Za-z0-9_]{0,99}$/;

/** What a key is held to, by the settings. */
export interface KeyRules {
  permissions: Permissions;
  /** Permissions that this program doesn't know and the owner has accepted, and known ones that may be missing. */
  acceptedPermissions: readonly string[];
}

/** The rules, and whether the key may have got something new since it was installed. */
export interface Judging extends KeyRules {
  /**
   * Undefined for a new key, which must have exactly what is declared. A key that was live before isn't stopped for
   * what is new at Binance: these are the permissions that its owner had accepted by then.
   */
  acceptedBefore: readonly string[] | undefined;
}

/** The rules for a new key. */
export function asNew(rules: KeyRules): Judging {
  return { ...rules, acceptedBefore: undefined };
}
