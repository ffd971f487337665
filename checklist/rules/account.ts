import { type Judgement, notChecked, proven } from "../finding.ts";
import type { CoreObservations, ServerObservations } from "../observations.ts";
import { unknownBecause } from "./failure.ts";

/** Beyond the eight points: the account may trade, and its status is Normal. */
export function judgeAccount({ account, accountStatus }: ServerObservations): Judgement {
  if (account.ok && !account.value.canTrade) {
    return mayNotTrade;
  }
  if (accountStatus.ok && accountStatus.value !== "Normal") {
    return {
      verdict: "fail",
      known: proven,
      detail: `Binance reports an account status other than "Normal".`,
      remedy: "Log in at Binance, and do what it asks there.",
    };
  }
  if (!account.ok) {
    return notChecked;
  }
  if (!accountStatus.ok) {
    return unknownBecause(accountStatus.failure);
  }
  return { verdict: "pass", known: proven, detail: "canTrade is true, and the account's status is Normal." };
}

/** The account's own permission to trade. The gate requests nothing more. */
export function judgeCanTrade({ account }: Pick<CoreObservations, "account">): Judgement {
  if (!account.ok) {
    return notChecked;
  }
  if (!account.value.canTrade) {
    return mayNotTrade;
  }
  return { verdict: "pass", known: proven, detail: "canTrade is true." };
}

const mayNotTrade: Judgement = {
  verdict: "fail",
  known: proven,
  detail: "The account itself may not trade (canTrade is false).",
  causes: [
    "Binance wants something from you: identification, new terms, a security review.",
    "Binance no longer serves the country of the account.",
  ],
  remedy: "Log in at Binance, and do what it asks there. No key and no server changes it.",
};
