import { describeTrouble, type Trouble } from "../../binance/errors.ts";
import { diagnose } from "../diagnosis.ts";
import { type Judgement, proven, unanswered } from "../finding.ts";
import { type CoreObservations, isAboutTheKey, type ServerObservations } from "../observations.ts";
import { judgeTradingPermission } from "./restrictions.ts";

/** Point 8: the key works through the server, and the account answers with its balances. */
export function judgeConnection(observed: CoreObservations, ipAddress: string): Judgement {
  const { clock, restrictions, account } = observed;
  // The first trouble is the one that tells; what follows it was often not even asked.
  const failed = [clock, restrictions, account].find((attempt) => !attempt.ok);
  if (failed) {
    return inTrouble(failed.trouble, ipAddress);
  }
  if (!account.ok) {
    return inTrouble(account.trouble, ipAddress);
  }
  const { balances } = account.value;
  const count = balances.length === 1 ? "1 balance" : `${balances.length} balances`;
  return {
    verdict: "pass",
    known: proven,
    detail: `Binance has answered the server, with ${balances.length === 0 ? "no balance: the account is empty" : count}.`,
  };
}

/** Beyond the eight: an order would be taken. */
export function judgeSpotTrading(observed: CoreObservations, ipAddress: string): Judgement {
  const { restrictions, orderTest } = observed;
  if (!restrictions.ok) {
    return unanswered;
  }
  const permission = judgeTradingPermission(restrictions.value);
  if (permission.verdict === "fail") {
    return permission;
  }
  if (!orderTest.ok) {
    return inTrouble(orderTest.trouble, ipAddress, "The test order, which is never placed, was not taken");
  }
  if (permission.verdict !== "pass") {
    return permission;
  }
  return {
    verdict: "pass",
    known: proven,
    detail: "The permission is on, and a test order, which is never placed, was taken.",
  };
}

/** Beyond the eight: nothing holds the account's trading up. */
export function judgeAccount({ account, accountStatus }: ServerObservations): Judgement {
  if (account.ok && !account.value.canTrade) {
    return mayNotTrade;
  }
  if (accountStatus.ok && accountStatus.value !== "Normal") {
    return {
      verdict: "fail",
      known: proven,
      detail: `Binance gives the account's status as something else than "Normal".`,
      remedy: "Log in at Binance, and follow what it asks for there.",
    };
  }
  if (!account.ok) {
    return unanswered;
  }
  if (!accountStatus.ok) {
    return unclear(accountStatus.trouble);
  }
  return { verdict: "pass", known: proven, detail: "canTrade is true, and the account's status is Normal." };
}

/** The account's own permission to trade, for the gate, which asks for nothing more. */
export function judgeCanTrade({ account }: CoreObservations): Judgement {
  if (!account.ok) {
    return unanswered;
  }
  if (!account.value.canTrade) {
    return mayNotTrade;
  }
  return { verdict: "pass", known: proven, detail: "canTrade is true." };
}

/** Beyond the eight: Binance hasn't locked trading by API for breaking its rules. */
export function judgeApiTrading({ apiTradingStatus: status }: ServerObservations): Judgement {
  if (!status.ok) {
    return status.trouble.kind === "skipped" ? unanswered : unclear(status.trouble);
  }
  if (status.value.isLocked) {
    return {
      verdict: "fail",
      known: proven,
      detail: "Binance has locked trading by API, for breaking its trading rules (isLocked is true).",
      remedy: "Stop the bot, see API Management at Binance for the reason and the end of the lock.",
    };
  }
  return { verdict: "pass", known: proven, detail: "isLocked is false." };
}

const mayNotTrade: Judgement = {
  verdict: "fail",
  known: proven,
  detail: "The account itself may not trade (canTrade is false).",
  remedy: "Log in at Binance, and follow what it asks for: identification, terms, a security review.",
};

function unclear(trouble: Trouble): Judgement {
  return {
    verdict: "unknown",
    known: undefined,
    detail: sentence(`It isn't known: ${describeTrouble(trouble)}`),
    remedy: "Wait some minutes, and run this again.",
  };
}

/** A refused key fails, and so does a server in a country that isn't served; the rest says nothing about them. */
function inTrouble(
  trouble: Trouble,
  ipAddress: string,
  what = "Binance was asked through the server",
): Judgement {
  const fails = isAboutTheKey(trouble) || (trouble.kind === "refused" && trouble.status === 451);
  return {
    verdict: fails ? "fail" : "unknown",
    known: fails ? proven : undefined,
    detail: sentence(`${what}: ${describeTrouble(trouble)}`),
    ...diagnose(trouble, { ipAddress, place: "server" }),
  };
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
