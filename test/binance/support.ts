import type { Failure, Refusal } from "../../binance/failure.ts";

/** What Binance reports of a sound key. */
export const soundReply = {
  ipRestrict: true,
  createTime: Date.parse("2026-10-01T00:00:00Z"),
  enableReading: true,
  enableSpotAndMarginTrading: true,
  enableWithdrawals: false,
  enableInternalTransfer: false,
  permitsUniversalTransfer: false,
  enableMargin: false,
  enableFutures: false,
  enableVanillaOptions: false,
  enablePortfolioMarginTrading: false,
  enableFixApiTrade: false,
  enableFixReadOnly: true,
};

export function refused(status: number, code?: number, more: Partial<Refusal> = {}): Refusal {
  return {
    kind: "refused",
    status,
    code,
    message: "",
    waitSeconds: undefined,
    requestIp: undefined,
    ...more,
  };
}

export function failed(failure: Failure): { ok: false; failure: Failure } {
  return { ok: false, failure };
}
