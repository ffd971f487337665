import type { ConfiguredKeyPair } from "../../../binance/key-pair.ts";
import type { Market } from "../../../binance/open-orders.ts";
import { permissionsSetting } from "../../../checklist/key-rules.ts";
import { marketOf } from "../../../checklist/left-open.ts";
import { UserError } from "../command/user-error.ts";

/** What an account is read with. */
export interface Access {
  keyPair: ConfiguredKeyPair;
  market: Market;
}

/**
 * @param permissions the setting, or undefined for its default
 * @throws UserError if the setting is unknown
 */
export function accessOf(keyPair: ConfiguredKeyPair, permissions: string | undefined): Access {
  const result = permissionsSetting.default("spot").safeParse(permissions);
  if (result.success) {
    return { keyPair, market: marketOf[result.data] };
  }
  throw new UserError(
    "The setting permissions must be spot or futures. One of these sets it: pulumi config set permissions spot, or pulumi config set permissions futures",
  );
}
