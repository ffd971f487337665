import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type Choice, parseChoice, type Wanted } from "./situation.ts";

// What a preview has shown, so that the update that follows orders just that. The two are separate processes with nothing
// in common but the project's folder. There is no secret in it.

const folder = join(import.meta.dirname, "../.order");
/** After this time it no longer counts as what the owner has confirmed, in ms. */
const validFor = 60 * 60_000;

const record = z.object({ wanted: z.string(), choice: z.string() });

/** Writes down what a preview shows for these settings. */
export function rememberShown(stack: string, wanted: Wanted, choice: Choice): void {
  mkdirSync(folder, { recursive: true });
  const shown = { wanted: keyOf(wanted), choice: JSON.stringify(choice) };
  writeFileSync(fileOf(stack), `${JSON.stringify(shown)}\n`);
}

/**
 * Takes what the last preview has shown: once, so that it never stands for a later update.
 *
 * @returns undefined if there was no preview of these settings within the last hour
 */
export function takeShown(stack: string, wanted: Wanted, now: number): Choice | undefined {
  try {
    const file = fileOf(stack);
    const isRecent = now - statSync(file).mtimeMs < validFor;
    const shown = record.parse(JSON.parse(readFileSync(file, "utf8")));
    rmSync(file);
    return isRecent && shown.wanted === keyOf(wanted) ? parseChoice(shown.choice) : undefined;
  } catch {
    return undefined;
  }
}

function keyOf({ name, image, serverType, location, volume }: Wanted): string {
  return JSON.stringify([name, image, serverType ?? null, location ?? null, volume ?? null]);
}

function fileOf(stack: string): string {
  return join(folder, `${stack.replaceAll(/[^\w.-]/g, "_")}.json`);
}

/** Why an order isn't the one that was shown; undefined if it is. */
export function differenceFrom(shown: Choice | undefined, choice: Choice): string | undefined {
  if (shown === undefined || priceOf(shown) === priceOf(choice)) {
    return undefined;
  }
  return [
    `Hetzner's offer has changed since the preview. It showed ${priceOf(shown)}.`,
    `Now it would be ${priceOf(choice)}. Nothing was ordered or changed. To see the new order and confirm it, run: pulumi up`,
  ].join(" ");
}

/** Type, location and price, without the date of the price list. */
function priceOf({ cost }: Choice): string {
  return cost.replace(/ \(.*$/, "");
}
