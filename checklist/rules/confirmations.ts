import * as z from "zod";
import { fingerprintPattern } from "../../binance/key-pair.ts";
import type { Judgement } from "../finding.ts";

/** What no endpoint returns, so that a person has to confirm it, with the question to answer. */
export const confirmable = {
  twoFactor: {
    title: "Two-factor authentication is on",
    question: "Is two-factor authentication on, with an authenticator app or a hardware key?",
    remedy: "At Binance: Account, Security, Two-Factor Authentication.",
  },
  antiPhishing: {
    title: "The anti-phishing code is on",
    question: "Is an anti-phishing code set, and is it in every mail that Binance sends you?",
    remedy: "At Binance: Account, Security, Anti-Phishing Code.",
  },
  passwordManager: {
    title: "The secret is in a password manager",
    question:
      "Is the key's secret in your password manager, and in no file, mail or document besides this stack?",
    remedy: "Put it into Bitwarden, 1Password, KeePass or the like, and delete every other copy.",
  },
  standbyAddress: {
    title: "The standby address is whitelisted",
    question:
      "Are the server's address and the standby address both in the key's trusted IPs, and no other address?",
    remedy: "At Binance, in API Management, add it to the key's trusted IPs.",
  },
} as const;

export type Confirmable = keyof typeof confirmable;

/** What a person has to confirm about a key. One that was made on the server has no secret that a person could keep. */
export function confirmables(isMade: boolean, hasStandby: boolean): Confirmable[] {
  return [
    "twoFactor",
    "antiPhishing",
    ...(isMade ? [] : ["passwordManager" as const]),
    ...(hasStandby ? ["standbyAddress" as const] : []),
  ];
}

/** One answer: on which date, and about which API key (its `keyFingerprint`). */
const confirmation = z.strictObject({ on: z.iso.date(), key: z.string().regex(fingerprintPattern) });

const confirmationsShape = z.strictObject({
  twoFactor: confirmation.optional(),
  antiPhishing: confirmation.optional(),
  passwordManager: confirmation.optional(),
  /** Also about which addresses: both of them, because a failover exchanges them. */
  standbyAddress: confirmation.extend({ addresses: z.array(z.ipv4()) }).optional(),
});

export type Confirmations = z.output<typeof confirmationsShape>;

/** The setting `confirmations`: a JSON text, written by `npm run verify -- --confirm`; empty for none. */
export const confirmationsText = z.string().transform((text, context): Confirmations => {
  if (text.trim() === "") {
    return {};
  }
  try {
    return confirmationsShape.parse(JSON.parse(text));
  } catch {
    context.addIssue("is not what `npm run verify -- --confirm` has written");
    return z.NEVER;
  }
});

/** How long an answer is valid, in days. */
const validFor = 365;

/**
 * Point 2, about the address that no server has. No call can come from there, so only a person can say that it is in the
 * whitelist.
 */
export function judgeStandbyAddress(
  standbyIp: string,
  confirmations: Confirmations,
  key: string,
  now: number,
): Judgement {
  const judgement = judgeConfirmation("standbyAddress", confirmations, key, now);
  const isAboutIt = confirmations.standbyAddress?.addresses.includes(standbyIp) === true;
  return judgement.verdict === "pass" && !isAboutIt
    ? {
        verdict: "unknown",
        known: undefined,
        detail: `It was confirmed for another address than ${standbyIp}.`,
        remedy: remedyOf("standbyAddress"),
      }
    : { ...judgement, detail: `${standbyIp}: ${judgement.detail}` };
}

function remedyOf(what: Confirmable): string {
  return `${confirmable[what].remedy} Then confirm it: npm run verify -- --confirm`;
}

/**
 * Points 3 to 5: a person has confirmed it, for this key and within a year.
 *
 * @param key the API key's fingerprint
 * @param now in ms
 */
export function judgeConfirmation(
  what: Confirmable,
  confirmations: Confirmations,
  key: string,
  now: number,
): Judgement {
  const given = confirmations[what];
  const doubt = (detail: string): Judgement => ({
    verdict: "unknown",
    known: undefined,
    detail,
    remedy: remedyOf(what),
  });
  if (given === undefined) {
    return doubt("No endpoint reports it, and nobody has confirmed it.");
  }
  if (given.key !== key) {
    return doubt(`It was confirmed on ${given.on}, for another key.`);
  }
  const days = (now - Date.parse(given.on)) / (24 * 3600 * 1000);
  // A day ahead may be another time zone. More than that can't be the date of an answer.
  if (!(days >= -1)) {
    return doubt(`It is dated ${given.on}, which is in the future.`);
  }
  if (days > validFor) {
    return doubt(`It was confirmed on ${given.on}, more than a year ago.`);
  }
  return {
    verdict: "pass",
    known: { by: "confirmed", on: given.on },
    detail: `Confirmed on ${given.on}. No endpoint reports it.`,
  };
}
