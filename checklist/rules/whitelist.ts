import { type Attempt, describeTrouble, type Trouble } from "../../binance/errors.ts";
import type { Restrictions } from "../../binance/replies.ts";
import { diagnose } from "../diagnosis.ts";
import { evidence, type Judgement, proven, unanswered } from "../finding.ts";
import type { DirectObservation } from "../observations.ts";
import { flag } from "./restrictions.ts";

/** What can be seen of a key's whitelist, which no endpoint returns. */
export interface WhitelistEvidence {
  /** What Binance answered through the server. */
  restrictions: Attempt<Restrictions>;
  /** What it answered to this computer. */
  direct: DirectObservation;
  /** The server's static address. */
  ipAddress: string;
}

/**
 * Point 2: the whitelist is active, lets the server in and keeps others out. That it holds the server's address
 * and nothing else can't be proven: a success there and a refusal here are the best evidence there is.
 */
export function judgeWhitelist({ restrictions, direct, ipAddress }: WhitelistEvidence): Judgement {
  if (!restrictions.ok) {
    return withoutRestrictions(restrictions.trouble, direct, ipAddress);
  }
  switch (flag(restrictions.value, "ipRestrict")) {
    case false:
      return {
        verdict: "fail",
        known: proven,
        detail: "There is no whitelist: the key works from every address (ipRestrict is false).",
        remedy: `At Binance, in API Management, edit the key: "Restrict access to trusted IPs only", with ${ipAddress} and no other. Binance takes the trading permission from keys without it.`,
      };
    case true:
      return withRestriction(direct, ipAddress);
    case undefined:
      return {
        verdict: "unknown",
        known: undefined,
        detail: "The reply says nothing clear about ipRestrict.",
        remedy: `Look at the key in API Management: its trusted IPs should be ${ipAddress} and no other.`,
      };
  }
}

function withRestriction({ attempt, sharesAddress }: DirectObservation, ipAddress: string): Judgement {
  const shared = sharesAddress || (!attempt.ok && sawAddress(attempt.trouble, ipAddress));
  if (shared) {
    return missing(
      `this computer reaches Binance from ${ipAddress}, too`,
      "Run this from another network than the server's.",
    );
  }
  if (attempt.ok) {
    return {
      verdict: "fail",
      known: proven,
      detail: "The key works from this computer, too: the whitelist holds more than the server's address.",
      remedy: `At Binance, in API Management, edit the key and leave ${ipAddress} alone in its trusted IPs. If this computer's traffic goes out through the server (a VPN), run this from elsewhere.`,
    };
  }
  if (isAddressRefusal(attempt.trouble)) {
    return {
      verdict: "pass",
      known: evidence,
      detail: `ipRestrict is true, the key works from ${ipAddress}, and is refused to this computer. No endpoint lists the addresses.`,
    };
  }
  return missing(
    describeTrouble(attempt.trouble),
    diagnose(attempt.trouble, { ipAddress, place: "direct" }).remedy,
  );
}

/** The refusal that an address outside the whitelist gets. A ban or a lock is another thing. */
function isAddressRefusal(trouble: Trouble): boolean {
  return trouble.kind === "refused" && trouble.code === -2015 && trouble.status !== 200;
}

function sawAddress(trouble: Trouble, ipAddress: string): boolean {
  return trouble.kind === "refused" && trouble.requestIp === ipAddress;
}

function missing(why: string, remedy: string): Judgement {
  return {
    verdict: "unknown",
    known: evidence,
    detail: `ipRestrict is true, and the key works from the server. The second proof is missing, that it is refused elsewhere: ${why}.`,
    remedy,
  };
}

function withoutRestrictions(trouble: Trouble, direct: DirectObservation, ipAddress: string): Judgement {
  if (trouble.kind === "refused" && trouble.code === -2015) {
    return {
      verdict: "fail",
      known: evidence,
      detail:
        direct.attempt.ok && !direct.sharesAddress
          ? `The key works from this computer, and is refused to the server: the whitelist holds another address than ${ipAddress}.`
          : `The key is refused to the server at ${ipAddress}.`,
      ...diagnose(trouble, { ipAddress, place: "server" }),
    };
  }
  return unanswered;
}
