import { describeFailure, type Failure } from "../../binance/failure.ts";
import { concernsKey, meaningOf } from "../../binance/refusals.ts";
import { sentence } from "../../binance/text.ts";
import { diagnose } from "../diagnosis/diagnosis.ts";
import type { Situation } from "../diagnosis/situation.ts";
import { type Judgement, proven } from "../finding.ts";

/**
 * A request through the server failed. Fails for a refusal that stays: of the key, or of the country. Any other
 * failure says nothing about them.
 *
 * @param what starts the sentence
 * @param seen what Binance answered to earlier requests
 */
export function judgeFailure(
  failure: Failure,
  ipAddress: string,
  what: string,
  seen: Pick<Situation, "isFirstRequest" | "refusedAction"> = {},
): Judgement {
  const fails = failure.kind === "refused" && meaningOf(failure).lasting;
  return {
    verdict: fails ? "fail" : "unknown",
    known: fails ? proven : undefined,
    detail: sentence(`${what}: ${describeFailure(failure)}`),
    ...diagnose(failure, { ipAddress, caller: "tunnel", ...seen }),
  };
}

/** A request that only this rule needs failed. It says nothing about the key. */
export function unknownBecause(failure: Failure): Judgement {
  return {
    verdict: "unknown",
    known: undefined,
    detail: sentence(`Could not check: ${describeFailure(failure)}`),
    remedy: concernsKey(failure)
      ? "Binance answers other requests of this key and refuses this one, perhaps because it is the key of a sub-account. Log in at Binance and look at the account's status there."
      : "Wait a few minutes, and run this again.",
  };
}
