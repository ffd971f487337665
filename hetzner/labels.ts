import { createHash } from "node:crypto";

/** What every resource of a stack is labelled with at Hetzner, so that it can be found without the stack's state. */
export interface StackLabels {
  "pulumi-project": string;
  "pulumi-stack": string;
  [key: string]: string;
}

/**
 * The labels of a stack's resources. Two stacks never have the same ones.
 *
 * @param project the Pulumi project's name
 * @param stack the stack's name, without its organization
 */
export function labelsOf(project: string, stack: string): StackLabels {
  return { "pulumi-project": labelValue(project), "pulumi-stack": labelValue(stack) };
}

/** Selects what has all of these labels, in the API's lists (`label_selector`). */
export function selectorFor(labels: Partial<StackLabels>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}==${String(value)}`)
    .join(",");
}

/** What Hetzner accepts: up to 63 characters, and letters or digits at both ends. */
const allowed = /^[a-z0-9A-Z](?:[a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$/;
const hashed = /--[0-9a-f]{16}$/;

/** A name that no label may have gets a hash at its end. So does one that ends like that itself, to keep them apart. */
function labelValue(name: string): string {
  if (allowed.test(name) && !hashed.test(name)) {
    return name;
  }
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 16);
  const start = name
    .replaceAll(/[^a-z0-9A-Z._-]/g, "-")
    .slice(0, 40)
    .replaceAll(/^[._-]+|[._-]+$/g, "");
  return `${start === "" ? "x" : start}--${hash}`;
}
