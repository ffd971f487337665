/** An answer of Binance that isn't a success. refusals.ts says what it means. */
export interface Refusal {
  kind: "refused";
  /** HTTP status. */
  status: number;
  /** Binance's own code, such as -2015; undefined if the body has none (the firewall in front, a proxy). */
  code: number | undefined;
  /** Binance's message, cut and redacted. */
  message: string;
  /** How long Binance asks not to be called, in seconds; undefined if it doesn't say. */
  waitSeconds: number | undefined;
  /** The address that Binance saw, if the message names it. */
  requestIp: string | undefined;
}

/** Why no reply arrived over the network. */
export type NetworkReason = "dns" | "connect" | "certificate" | "tls" | "timeout" | "closed";

/** Why a request has no usable reply. Plain data without secrets, to be judged and shown. */
export type Failure =
  | Refusal
  /** A reply that can't be trusted: not JSON, too long, fields missing. `problem` continues "the reply …". */
  | { kind: "unreadable"; problem: string }
  | { kind: "unreachable"; reason: NetworkReason; detail: string }
  /** What carries the connection broke. It belongs to the caller, and so does `reason` (ClientOptions.explain). */
  | { kind: "tunnel"; reason: string; detail: string }
  /** Not sent, because an earlier failure made it pointless or harmful. */
  | { kind: "skipped" };

/** The result of a request. */
export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** A failure as an exception. It has no `cause`, because Node's own errors may hold what was sent. */
export class BinanceError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(describeFailure(failure));
    this.failure = failure;
  }
}

/** A failure in a few words, for the end of a sentence. */
export function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case "refused": {
      const code = failure.code === undefined ? "" : `, code ${failure.code}`;
      return `HTTP ${failure.status}${code}${failure.message === "" ? "" : `: ${failure.message}`}`;
    }
    case "unreadable":
      return `the reply ${failure.problem}`;
    case "unreachable":
    case "tunnel":
      return failure.detail;
    case "skipped":
      return "not requested, because an earlier request failed";
  }
}
