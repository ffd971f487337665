import type { Restrictions } from "../binance/replies.ts";
import { newsFinding } from "./common-findings.ts";
import { type Finding, type Judgement, notChecked, onlyOnServer } from "./finding.ts";
import { type Judging, type KeyRules, tradingIds } from "./key-rules.ts";
import type { DirectObservation, ServerObservations } from "./observations.ts";
import { judgeAccount } from "./rules/account.ts";
import { judgeAddress } from "./rules/address.ts";
import { judgeApiTradingLock } from "./rules/api-trading-lock.ts";
import { judgeClock } from "./rules/clock.ts";
import {
  type Confirmable,
  confirmable,
  judgeConfirmation,
  judgeStandbyAddress,
} from "./rules/confirmations.ts";
import { judgeConnection } from "./rules/connection.ts";
import { judgeKeyAge } from "./rules/key-age.ts";
import { judgeKeyName } from "./rules/key-name.ts";
import { findAnotherLivePair } from "./rules/live-pair.ts";
import { judgePermissions } from "./rules/permissions.ts";
import { judgeTrading } from "./rules/trading.ts";
import { judgeWhitelist } from "./rules/whitelist.ts";
import { judgeWithdrawals } from "./rules/withdrawals.ts";
import type { VerificationSettings } from "./verification-settings.ts";

/** Everything that the checklist judges by. */
export interface Evidence {
  /** The server's static address. */
  ipAddress: string;
  /** The stack's other address, to which the bot can move; undefined if there is none. */
  standbyIp?: string | undefined;
  server: ServerObservations;
  direct: DirectObservation;
  settings: KeyRules & Pick<VerificationSettings, "keyName" | "renewAfterMonths" | "confirmations">;
  /** The fingerprint of the key pair. */
  pair: string;
  /** The fingerprint of the server's live pair, or "none"; undefined if it could not be read. */
  onServer: string | undefined;
  /** The API key's fingerprint. */
  key: string;
  /** Whether the private key was made on the server, and never leaves it. */
  isMade: boolean;
  /** This computer's time, in ms. */
  now: number;
  /** Whether the secret is in a file that git tracks. */
  trackedFiles: Judgement;
}

/** The guide's eight points, and what goes beyond them. */
export function checklist(evidence: Evidence): Finding[] {
  const { server, settings, key, ipAddress, standbyIp } = evidence;
  // By the exchange's clock if it is known.
  const now = evidence.now + (server.clock.ok ? server.clock.value.differenceMs : 0);
  const ofRestrictions = (rule: (restrictions: Restrictions) => Judgement): Judgement =>
    server.restrictions.ok ? rule(server.restrictions.value) : notChecked;
  const judging: Judging = {
    ...settings,
    acceptedBefore: evidence.onServer === evidence.pair ? [] : undefined,
  };
  const confirmed = (what: Confirmable) => judgeConfirmation(what, settings.confirmations, key, now);

  const anotherPair = findAnotherLivePair(evidence.pair, evidence.onServer);

  return [
    finding("withdrawals", 1, "Withdrawals are off", ofRestrictions(judgeWithdrawals)),
    finding(
      "whitelist",
      2,
      standbyIp === undefined
        ? "Only the server's address may use the key"
        : "Only the two addresses may use the key",
      judgeWhitelist({ restrictions: server.restrictions, direct: evidence.direct, ipAddress, standbyIp }),
    ),
    ...(standbyIp === undefined
      ? []
      : [
          finding(
            "standby-address",
            2,
            confirmable.standbyAddress.title,
            judgeStandbyAddress(standbyIp, settings.confirmations, key, now),
          ),
        ]),
    finding("two-factor", 3, confirmable.twoFactor.title, confirmed("twoFactor")),
    finding("anti-phishing", 4, confirmable.antiPhishing.title, confirmed("antiPhishing")),
    finding(
      "password-manager",
      5,
      confirmable.passwordManager.title,
      evidence.isMade ? onlyOnServer : confirmed("passwordManager"),
    ),
    finding("key-name", 6, "The key's name is descriptive", judgeKeyName(settings.keyName)),
    finding(
      "permissions",
      7,
      "No permission beyond the needed ones",
      ofRestrictions((reply) => judgePermissions(reply, judging)),
    ),
    finding(
      "connection",
      8,
      "The connection works",
      judgeConnection(server, ipAddress, settings.permissions),
    ),

    finding(
      tradingIds[settings.permissions],
      undefined,
      "The key may trade",
      judgeTrading(server, ipAddress, settings.permissions),
    ),
    ...(server.restrictions.ok ? [newsFinding(server.restrictions.value, judging)] : []).filter(
      ({ verdict }) => verdict !== "pass",
    ),
    finding("account", undefined, "The account may trade", judgeAccount(server)),
    finding("api-trading", undefined, "Trading by API isn't locked", judgeApiTradingLock(server)),
    finding(
      "address",
      undefined,
      "Binance sees the static address",
      judgeAddress(server, ipAddress, standbyIp),
    ),
    finding("clock", undefined, "This computer's clock is right", judgeClock(server.clock)),
    finding(
      "key-age",
      undefined,
      "The key isn't too old",
      ofRestrictions((restrictions) => judgeKeyAge(restrictions, now, settings.renewAfterMonths)),
    ),
    finding("tracked-files", undefined, "The secret is in no tracked file", evidence.trackedFiles),
    ...(anotherPair === undefined ? [] : [anotherPair]),
  ];
}

function finding(id: string, point: number | undefined, title: string, judgement: Judgement): Finding {
  return { id, point, title, ...judgement };
}
