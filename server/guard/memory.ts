import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../binance/json.ts";

const situation = z.object({
  /** A key that Binance refuses, whatever is asked, is a situation of its own. */
  kind: z.enum(["pass", "fail", "refused"]),
  /** What was seen: another excess permission is news, the same one isn't. */
  details: z.array(z.string()),
});

const memory = z.object({
  /** In ms; before that Binance isn't asked anything. */
  silentUntil: z.number().optional(),
  /** What the webhook has taken last. */
  told: situation.optional(),
});

/** How things stand, as far as somebody is told of it. */
export type Situation = z.output<typeof situation>;

/** What the guard knows from one check to the next. It holds nothing secret. */
export type Memory = z.output<typeof memory>;

/** A memory that is missing or broken is an empty one: at worst something is told twice. */
export function remembered(folder: string): Memory {
  try {
    return memory.safeParse(parseJson(readFileSync(join(folder, name), "utf8"))).data ?? {};
  } catch {
    return {};
  }
}

/** Replaces the memory, whole or not at all. */
export function remember(folder: string, now: Memory): void {
  const staged = join(folder, `.${name}`);
  writeFileSync(staged, `${JSON.stringify(now)}\n`, { mode: 0o600 });
  renameSync(staged, join(folder, name));
}

const name = "memory.json";
