import type { Restrictions } from "../../binance/replies.ts";
import type { Judgement } from "../finding.ts";

/** A field's value if it is a real boolean of the reply itself; "false", 0 and null aren't clear answers. */
export function flag(restrictions: Restrictions, name: string): boolean | undefined {
  const value = Object.hasOwn(restrictions, name) ? restrictions[name] : undefined;
  return typeof value === "boolean" ? value : undefined;
}

/** The judgement if fields are missing, or are neither true nor false. */
export function unclear(fields: string): Judgement {
  return {
    verdict: "unknown",
    known: undefined,
    detail: `The reply is unclear about ${fields}.`,
    remedy:
      "Look at the key in API Management at Binance. If this keeps happening, look for a newer version of this program.",
  };
}
