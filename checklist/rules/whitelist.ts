import { describeFailure, type Failure, type Result } from "../../binance/failure.ts";
import { meaningOf } from "../../binance/refusals.ts";
import type { Restrictions } from "../../binance/replies.ts";
import { diagnose } from "../diagnosis/diagnosis.ts";
import { evidence, type Judgement, notChecked, proven } from "../finding.ts";
import type { DirectObservation } from "../observations.ts";
import { flag, unclear } from "./flags.ts";

/** What can be observed of a key's whitelist. No endpoint returns it. */
export interface WhitelistEvidence {
  /** What Binance answered through the server. */
  restrictions: Result<Restrictions>;
  /** What it answered to this computer. */
  direct: DirectObservation;
  /** The server's static address. */
  ipAddress: string;
  /** The stack's other address, which must be in the whitelist as well; undefined if there is none. */
  standbyIp?: string | undefined;
}

/** What the list of trusted IPs should be: "203.0.113.10 and no other". */
export function trustedIps(ipAddress: string, standbyIp: string | undefined): string {
  return standbyIp === undefined
    ? `${ipAddress} and no other`
    : `${ipAddress}, the standby address ${standbyIp}, and no other`;
}

/** Gate and guard: the whitelist is active. The key was just used from the server, so it contains the server. */
export function judgeWhitelistActive(restrictions: Restrictions, ipAddress: string): Judgement {
  switch (flag(restrictions, "ipRestrict")) {
    case true:
      return {
        verdict: "pass",
        known: evidence,
        detail: `ipRestrict is true, and ${ipAddress} is accepted.`,
      };
    case false:
      return {
        verdict: "fail",
        known: proven,
        detail: "The key works from every address (ipRestrict is false).",
        causes: ["The restriction was turned off, or its list of addresses was emptied."],
        remedy: `At Binance, in API Management, edit the key: "Restrict access to trusted IPs only", with ${ipAddress} and no other, except the standby address if the stack has one.`,
      };
    case undefined:
      return unclear("ipRestrict");
  }
}

/**
 * Point 2, `npm run verify`: the whitelist is active, accepts the server and refuses others. It can't be proven that
 * it contains the server's address and nothing else: success there and refusal here are the best evidence there is.
 */
export function judgeWhitelist({ restrictions, direct, ipAddress, standbyIp }: WhitelistEvidence): Judgement {
  const trusted = trustedIps(ipAddress, standbyIp);
  if (!restrictions.ok) {
    return withoutRestrictions(restrictions.failure, direct, ipAddress);
  }
  switch (flag(restrictions.value, "ipRestrict")) {
    case false:
      return {
        verdict: "fail",
        known: proven,
        detail: "There is no whitelist: the key works from every address (ipRestrict is false).",
        remedy: `At Binance, in API Management, edit the key: "Restrict access to trusted IPs only", with ${trusted}. Binance removes the trading permission from keys without this restriction.`,
      };
    case true:
      return withRestriction(direct, ipAddress, standbyIp);
    case undefined:
      return {
        ...unclear("ipRestrict"),
        remedy: `Look at the key in API Management: its trusted IPs should be ${trusted}.`,
      };
  }
}

function withRestriction(
  { result, sharesAddress }: DirectObservation,
  ipAddress: string,
  standbyIp: string | undefined,
): Judgement {
  if (sharesAddress || (!result.ok && sawAddress(result.failure, ipAddress))) {
    return withoutSecondProof(
      `this computer also reaches Binance from ${ipAddress}`,
      "Run this from a network other than the server's.",
    );
  }
  if (result.ok) {
    return {
      verdict: "fail",
      known: proven,
      detail:
        standbyIp === undefined
          ? "The key also works from this computer: the whitelist contains more than the server's address."
          : "The key also works from this computer: the whitelist contains more than the stack's two addresses.",
      remedy: `At Binance, in API Management, edit the key and leave only ${standbyIp === undefined ? ipAddress : `${ipAddress} and ${standbyIp}`} in its trusted IPs. If this computer's traffic goes through the server (a VPN), run this from elsewhere.`,
    };
  }
  if (isAddressRefusal(result.failure)) {
    return {
      verdict: "pass",
      known: evidence,
      detail: `ipRestrict is true, the key works from ${ipAddress}, and is refused from this computer. No endpoint lists the addresses${standbyIp === undefined ? "" : `, so it says nothing about the standby address ${standbyIp}`}.`,
    };
  }
  return withoutSecondProof(
    describeFailure(result.failure),
    diagnose(result.failure, { ipAddress, caller: "direct" }).remedy,
  );
}

/** The refusal that an address outside the whitelist gets. An error sent with HTTP 200 isn't one. */
function isAddressRefusal(failure: Failure): boolean {
  return mayBeAddress(failure) && failure.kind === "refused" && failure.status !== 200;
}

function mayBeAddress(failure: Failure): boolean {
  return failure.kind === "refused" && meaningOf(failure).kind === "key-address-or-permission";
}

function sawAddress(failure: Failure, ipAddress: string): boolean {
  return failure.kind === "refused" && failure.requestIp === ipAddress;
}

function withoutSecondProof(why: string, remedy: string): Judgement {
  return {
    verdict: "unknown",
    known: evidence,
    detail: `ipRestrict is true, and the key works from the server. The second proof is missing, that it is refused elsewhere: ${why}.`,
    remedy,
  };
}

function withoutRestrictions(failure: Failure, direct: DirectObservation, ipAddress: string): Judgement {
  if (mayBeAddress(failure)) {
    return {
      verdict: "fail",
      known: evidence,
      detail:
        direct.result.ok && !direct.sharesAddress
          ? `The key works from this computer, but is refused from the server: the whitelist contains an address other than ${ipAddress}.`
          : `The key is refused from the server at ${ipAddress}.`,
      ...diagnose(failure, { ipAddress, caller: "tunnel" }),
    };
  }
  return notChecked;
}
