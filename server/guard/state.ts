import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../binance/json.ts";

/** What the owner is alerted about. */
const situation = z.object({
  /** "refused": Binance refuses the key itself. */
  kind: z.enum(["pass", "fail", "refused"]),
  /** What was seen. Another excess permission is a new situation, the same one isn't. */
  details: z.array(z.string()),
});

export type Situation = z.output<typeof situation>;

/** What the guard remembers from one check to the next. It contains nothing secret. */
export interface GuardState {
  /** In ms. Until then nothing is sent to Binance. */
  silentUntil?: number;
  /** The last situation that the webhook accepted. */
  reported?: Situation;
}

const silentUntil = z.object({ silentUntil: z.number() });

/** A state that is missing or broken is an empty one: at worst a message is sent twice. */
export function readState(directory: string): GuardState {
  const stored = parseJson(readFile(directory));
  const pause = silentUntil.safeParse(stored).data;
  const reported = findSituation(stored);
  return { ...pause, ...(reported && { reported }) };
}

/** Replaces the state, as a whole or not at all. */
export function writeState(directory: string, state: GuardState): void {
  const staged = join(directory, `.${name}`);
  writeFileSync(staged, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(staged, join(directory, name));
}

const name = "memory.json";

function readFile(directory: string): string {
  try {
    return readFileSync(join(directory, name), "utf8");
  } catch {
    return "";
  }
}

/** By its shape and not by its name, because versions before 0.2 stored it by another name. */
function findSituation(stored: unknown): Situation | undefined {
  const fields = z.record(z.string(), z.unknown()).safeParse(stored).data ?? {};
  return Object.values(fields)
    .map((value) => situation.safeParse(value).data)
    .find((found) => found !== undefined);
}
