import { invalidInput } from "./errors.ts";
import { isLabelKey, isLabelValue, type Labels } from "./labels.ts";

/** Whether a resource with these labels is selected. */
export type LabelSelector = (labels: Labels) => boolean;

/**
 * Parses the documented query language: `k=v`, `k==v`, `k!=v`, `k`, `!k`, `k in (a,b)`, `k notin (a,b)`, and several of
 * them separated by commas.
 *
 * @throws ApiError `invalid_input` on anything else
 */
export function parseLabelSelector(text: string, field = "label_selector"): LabelSelector {
  const conditions = splitAtCommas(text).map((part) => parseCondition(part.trim(), field));
  return (labels) => conditions.every((selects) => selects(labels));
}

/** Commas inside brackets belong to a condition. */
function splitAtCommas(text: string): string[] {
  return text.split(/,(?![^(]*\))/);
}

function parseCondition(text: string, field: string): LabelSelector {
  const set = /^(\S+)\s+(in|notin)\s+\(([^()]*)\)$/.exec(text);
  if (set) {
    const [, key = "", operator, list = ""] = set;
    const values = list.split(",").map((value) => value.trim());
    check(isLabelKey(key) && values.every(isLabelValue), field);
    // Assumed, as in Kubernetes, whose language this is: a resource without the key is not in the list.
    const isIn: LabelSelector = (labels) => key in labels && values.includes(labels[key] ?? "");
    return operator === "in" ? isIn : (labels) => !isIn(labels);
  }
  const comparison = /^([^=!\s]+)\s*(==|=|!=)\s*([^=!\s]*)$/.exec(text);
  if (comparison) {
    const [, key = "", operator, value = ""] = comparison;
    check(isLabelKey(key) && isLabelValue(value), field);
    const isEqual: LabelSelector = (labels) => labels[key] === value;
    return operator === "!=" ? (labels) => !isEqual(labels) : isEqual;
  }
  const absent = text.startsWith("!");
  const key = absent ? text.slice(1) : text;
  check(isLabelKey(key), field);
  return (labels) => key in labels !== absent;
}

function check(isValid: boolean, field: string): asserts isValid {
  if (!isValid) {
    throw invalidInput({ name: field, messages: ["is not a valid label selector"] });
  }
}
