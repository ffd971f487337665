/** The result of a check. A doubt is "unknown", never "pass". */
export type Verdict = "pass" | "fail" | "unknown";

/** How a verdict is known: we saw it; everything visible agrees; a person confirmed it, on a date. */
export type Known =
  | { by: "proven" }
  | { by: "evidence" }
  /** `on` is a date, "2026-11-23". */
  | { by: "confirmed"; on: string };

/** A rule's result. */
export interface Judgement {
  verdict: Verdict;
  /** Undefined if nothing is known. */
  known: Known | undefined;
  /** What was seen, as a sentence. */
  detail: string;
  /** Possible causes, the likeliest first. */
  causes?: string[];
  /** What to do. Always there unless the verdict is "pass", for which it is optional advice. */
  remedy?: string;
}

/** A point of the checklist. */
export interface Finding extends Judgement {
  /** Stable, for programs. */
  id: string;
  /** 1 to 8 for the guide's points; undefined for what goes beyond them. */
  point: number | undefined;
  title: string;
}

export const proven: Known = { by: "proven" };
export const evidence: Known = { by: "evidence" };

/** For a key that was made on the server, about where its secret may be. */
export const onlyOnServer: Judgement = {
  verdict: "pass",
  known: evidence,
  detail: "Its private key is only on the server.",
};

/** For rules that need Binance's reply to the server, if there is none. Point 8 gives the reason. */
export const notChecked: Judgement = {
  verdict: "unknown",
  known: undefined,
  detail: "Not checked: Binance did not answer the server.",
  remedy: "Fix the connection first (point 8).",
};

/** Fails if anything fails. Passes only if everything passes, and if there is anything. */
export function overall(verdicts: Verdict[]): Verdict {
  if (verdicts.includes("fail")) {
    return "fail";
  }
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === "pass") ? "pass" : "unknown";
}

/** 0 for pass, 1 for fail, 2 if it could not be checked. */
export function exitCode(verdict: Verdict): number {
  return { pass: 0, fail: 1, unknown: 2 }[verdict];
}
