/** How a point stands. A doubt is "unknown", never "pass". */
export type Verdict = "pass" | "fail" | "unknown";

/** How a verdict is known: we saw it; all that can be seen agrees; a person said so, on a day. */
export type Known =
  | { by: "proven" }
  | { by: "evidence" }
  /** `on` is a date, "2026-11-23". */
  | { by: "confirmed"; on: string };

/** A rule's result. */
export interface Judgement {
  verdict: Verdict;
  /** Undefined where nothing is known. */
  known: Known | undefined;
  /** What was seen, as a sentence. */
  detail: string;
  /** What may be behind it, the likeliest first. */
  causes?: string[];
  /** What to do. Always there unless the verdict is "pass", where it is an advice. */
  remedy?: string;
}

/** A point of the checklist. */
export interface Finding extends Judgement {
  /** Stable, for programs. */
  id: string;
  /** 1 to 8 for the points of the guide; undefined for what goes beyond them. */
  point: number | undefined;
  title: string;
}

export const proven: Known = { by: "proven" };
export const evidence: Known = { by: "evidence" };

/** Where Binance hasn't answered, point 8 tells why. */
export const unanswered: Judgement = {
  verdict: "unknown",
  known: undefined,
  detail: "Binance's answer to the server would tell.",
  remedy: "Mend the connection first (point 8).",
};

/** Fails if anything fails; passes only if everything does, and if there is anything. */
export function overall(verdicts: Verdict[]): Verdict {
  if (verdicts.includes("fail")) {
    return "fail";
  }
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === "pass") ? "pass" : "unknown";
}

/** 0 for pass, 1 for fail, 2 where it could not be checked. */
export function exitCode(verdict: Verdict): number {
  return { pass: 0, fail: 1, unknown: 2 }[verdict];
}
