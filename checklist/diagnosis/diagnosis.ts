import type { Failure } from "../../binance/failure.ts";
import { diagnoseNetwork } from "./network.ts";
import { diagnoseRefusal } from "./refusals.ts";
import { type Diagnosis, type Situation, thenRepeat } from "./situation.ts";
import { diagnoseTunnel } from "./tunnel.ts";

/** Says for each failure what may have caused it and what to do in this project. */
export function diagnose(failure: Failure, situation: Situation): Diagnosis {
  switch (failure.kind) {
    case "refused":
      return diagnoseRefusal(failure, situation);
    case "unreachable":
      return diagnoseNetwork(failure.reason, situation);
    case "tunnel":
      return diagnoseTunnel(failure, situation);
    case "unreadable":
      return {
        causes: [
          "Something between here and Binance answered instead of Binance.",
          "Binance has changed the reply, or is under maintenance.",
        ],
        remedy: `Wait a few minutes. ${thenRepeat(situation)} If this keeps happening, look for a newer version of this program.`,
      };
    case "skipped":
      return { causes: [], remedy: "First fix the failure before it." };
  }
}
