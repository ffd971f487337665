/** An answer of Binance's that is no success. */
export interface Refusal {
  kind: "refused";
  /** HTTP status. */
  status: number;
  /** Binance's own code, as -2015; undefined where the body has none (the firewall in front, a proxy). */
  code: number | undefined;
  /** Binance's words, cut and with everything blotted out that may be a key or a signature. */
  message: string;
  /** How long Binance wants to be left alone, in seconds; undefined where it doesn't say. */
  waitSeconds: number | undefined;
  /** The address that Binance saw, where it tells. */
  requestIp: string | undefined;
}

/** Why there was no answer. The first six are the tunnel's, told apart by what ssh says. */
export type UnreachableReason =
  | "no-ssh"
  | "ssh-unreachable"
  | "ssh-host-key"
  | "ssh-denied"
  | "ssh-forwarding"
  | "ssh"
  | "dns"
  | "connect"
  | "certificate"
  | "tls"
  | "timeout"
  | "closed";

/** Why a request has no usable answer. Plain data that holds no secret, to be judged and shown. */
export type Trouble =
  | Refusal
  /** An answer that can't be believed: no JSON, too long, fields missing. `what` ends a sentence: "the reply …". */
  | { kind: "unreadable"; what: string }
  | { kind: "unreachable"; reason: UnreachableReason; detail: string }
  /** Not asked, because an earlier answer made it pointless or harmful. */
  | { kind: "skipped" };

/** What came of one question. */
export type Attempt<T> = { ok: true; value: T } | { ok: false; trouble: Trouble };

/** A trouble on its way up. It has no `cause`: Node's own errors may carry what was sent. */
export class BinanceError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(describeTrouble(trouble));
    this.trouble = trouble;
  }
}

/** A trouble in a few words, for a sentence's end. */
export function describeTrouble(trouble: Trouble): string {
  switch (trouble.kind) {
    case "refused": {
      const code = trouble.code === undefined ? "" : `, code ${trouble.code}`;
      return `HTTP ${trouble.status}${code}${trouble.message === "" ? "" : `: ${trouble.message}`}`;
    }
    case "unreadable":
      return `the reply ${trouble.what}`;
    case "unreachable":
      return trouble.detail;
    case "skipped":
      return "not asked, after what came before";
  }
}

/** Characters that a text of somebody else's may have in a message. */
const longest = 200;

/** Makes a text fit for a terminal: one line, not endless, without control characters. */
export function oneLine(text: string): string {
  const shown = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown;
}

/**
 * Makes a text from outside fit to be shown: one line, and no word so long that it may be a key, a secret or a
 * signature (HMAC's have 64 hex digits, Ed25519's 88 characters).
 *
 * @param secrets values that must not be shown in any case
 */
export function presentable(text: string, secrets: string[] = []): string {
  let shown = text;
  for (const secret of secrets) {
    if (secret !== "") {
      shown = shown.replaceAll(secret, "[…]");
    }
  }
  return oneLine(shown.replaceAll(/[A-Za-z0-9+/=%_-]{40,}/g, "[…]"));
}
