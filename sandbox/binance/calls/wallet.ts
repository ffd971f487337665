import type { Route, SignedCall } from "../call.ts";
import { boxes, fixReading } from "../state/permissions.ts";

export const walletRoutes: Route[] = [
  wallet("/sapi/v1/account/apiRestrictions", 1, apiRestrictions),
  wallet("/sapi/v1/account/status", 1, status),
  wallet("/sapi/v1/account/apiTradingStatus", 1, apiTradingStatus),
  wallet("/sapi/v1/capital/withdraw/address/list", 10, withdrawalAddresses),
];

function wallet(path: string, weight: number, answer: (call: SignedCall) => object): Route {
  return { method: "GET", path, weight, security: "USER_DATA", parameters: [], answer };
}

/** The 13 documented fields, and the fields of permissions that aren't documented yet. */
function apiRestrictions({ exchange, key }: SignedCall): object {
  const permits = (field: string) => exchange.keys.permits(key, field);
  const documented = boxes.map(({ field }) => [field, permits(field)] as const);
  const undocumented = [...key.permissions].filter((field) => !boxes.some((box) => box.field === field));
  return {
    ipRestrict: key.isRestricted,
    createTime: key.created.getTime(),
    ...Object.fromEntries(documented),
    [fixReading]: permits("enableReading"),
    ...Object.fromEntries(undocumented.map((field) => [field, true])),
  };
}

function status({ exchange }: SignedCall): object {
  return { data: exchange.account.status };
}

/** Documented. The three numbers are from the documentation's example. */
function apiTradingStatus({ exchange }: SignedCall): object {
  const { account, clock } = exchange;
  const until = account.lockedUntil;
  const isLocked = until !== undefined && until > clock.now();
  return {
    data: {
      isLocked,
      plannedRecoverTime: isLocked ? until.getTime() : 0,
      triggerCondition: { GCR: 150, IFER: 150, UFR: 300 },
      updateTime: account.updated.getTime(),
    },
  };
}

/** Documented: the fields. assumed: an address without a tag has an empty tag, and no origin. */
function withdrawalAddresses({ exchange }: SignedCall): object {
  return exchange.account.withdrawalAddresses.map(({ address, coin, name, network, isWhitelisted }) => ({
    address,
    addressTag: "",
    coin,
    name,
    network,
    origin: "",
    originType: "",
    whiteStatus: isWhitelisted,
  }));
}
