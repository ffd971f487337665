import { describeFailure, type Result } from "../../binance/failure.ts";
import { sentence } from "../../binance/text.ts";
import { evidence, type Judgement, proven } from "../finding.ts";
import type { ServerObservations } from "../observations.ts";
import { flag } from "./flags.ts";
import { trustedIps } from "./whitelist.ts";

/** Whether the address that Binance sees is the one that is whitelisted. Only a refusal ever names it. */
export function judgeAddress(server: ServerObservations, ipAddress: string, standbyIp?: string): Judgement {
  const seen = Object.values(server).flatMap(requestIpOf);
  const other = seen.find((address) => address !== ipAddress);
  if (other !== undefined) {
    return {
      verdict: "fail",
      known: proven,
      detail: `Binance has seen the server as ${other}, but the stack's address is ${ipAddress}.`,
      remedy:
        "Find out why the server uses another address for outgoing connections: npm run ssh -- ip route",
    };
  }
  if (seen.length > 0) {
    return { verdict: "pass", known: proven, detail: `Binance has named it in a refusal: ${ipAddress}.` };
  }
  const { restrictions } = server;
  if (restrictions.ok && flag(restrictions.value, "ipRestrict") === true) {
    return {
      verdict: "pass",
      known: evidence,
      detail: `A key with a whitelist works from the server, and the server's only address is ${ipAddress}.`,
    };
  }
  if (!restrictions.ok) {
    const { failure } = restrictions;
    return {
      verdict: "unknown",
      known: undefined,
      detail: sentence(
        `Binance has not named it${failure.kind === "skipped" ? "" : `: ${describeFailure(failure)}`}`,
      ),
      // Not the whitelist: the address may be there already.
      remedy: "Fix what point 8 reports, and run this again.",
    };
  }
  return {
    verdict: "unknown",
    known: undefined,
    detail: "Binance names the address only in refusals, and this key works from everywhere.",
    remedy: `The key's whitelist must have ${trustedIps(ipAddress, standbyIp)}. Set that, and run this again.`,
  };
}

function requestIpOf(result: Result<unknown>): string[] {
  const address = !result.ok && result.failure.kind === "refused" ? result.failure.requestIp : undefined;
  return address === undefined ? [] : [address];
}
