import * as z from "zod";

/** Documented under "Labels". */
const segment = /^[a-z0-9A-Z]([a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$/;
const dnsLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const reservedPrefix = "hetzner.cloud";

export function isLabelKey(key: string): boolean {
  const slash = key.indexOf("/");
  if (slash === -1) {
    return segment.test(key);
  }
  const prefix = key.slice(0, slash);
  const isDnsName = prefix.length <= 253 && prefix.split(".").every((label) => dnsLabel.test(label));
  return isDnsName && prefix !== reservedPrefix && segment.test(key.slice(slash + 1));
}

export function isLabelValue(value: string): boolean {
  return value === "" || segment.test(value);
}

export type Labels = Record<string, string>;

/** A request's `labels`. */
export const labelsInput = z
  .record(z.string(), z.string())
  .refine((labels) => Object.keys(labels).every(isLabelKey), { error: "label key is invalid" })
  .refine((labels) => Object.values(labels).every(isLabelValue), { error: "label value is invalid" });
