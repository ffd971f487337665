import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../binance/json.ts";
import { type Situation, situation } from "./situation.ts";

/** What the guard remembers from one check to the next. It contains nothing secret. */
export interface GuardState {
  /** In ms. Until then nothing is sent to Binance, because it has asked for a pause. */
  silentUntil?: number;
  /** When the guard last knew what the key may do, in ms. */
  verdictAt?: number;
  /** The fingerprint of the pair with which Binance has accepted a test order. */
  ordersAccepted?: string;
  /** The last check: when it ended, in ms, and why it doesn't know what the key may do. */
  lastCheck?: { at: number; reason?: string | undefined };
}

/** Each field counts for itself. root_tools/watch_guard.py and root_tools/guard_verdict.py read some of them. */
const fields = {
  silentUntil: z.object({ silentUntil: z.number() }),
  verdictAt: z.object({ verdictAt: z.number() }),
  ordersAccepted: z.object({ ordersAccepted: z.string() }),
  lastCheck: z.object({ lastCheck: z.object({ at: z.number(), reason: z.string().optional() }) }),
};

/** A state that is missing or broken is an empty one: at worst a message is sent twice. */
export function readState(directory: string): GuardState {
  const stored = parseJson(readText(join(directory, stateName)));
  return {
    ...fields.silentUntil.safeParse(stored).data,
    ...fields.verdictAt.safeParse(stored).data,
    ...fields.ordersAccepted.safeParse(stored).data,
    ...fields.lastCheck.safeParse(stored).data,
  };
}

export function writeState(directory: string, state: GuardState): void {
  replaceFile(directory, stateName, state);
}

/** The last situation that the webhook accepted. */
export function readReported(directory: string): Situation | undefined {
  const own = situation.safeParse(parseJson(readText(join(directory, reportedName)))).data;
  return own ?? findSituation(parseJson(readText(join(directory, stateName))));
}

export function writeReported(directory: string, reported: Situation): void {
  replaceFile(directory, reportedName, reported);
}

const stateName = "memory.json";
const reportedName = "reported.json";

/** Replaces a file as a whole. If the disk is full, in place: that needs no more space, and a broken file is an empty one. */
export function replaceFile(directory: string, name: string, content: object): void {
  const text = `${JSON.stringify(content)}\n`;
  const path = join(directory, name);
  try {
    const staged = join(directory, `.${name}`);
    writeFileSync(staged, text, { mode: 0o600 });
    renameSync(staged, path);
  } catch {
    writeFileSync(path, text, { mode: 0o600 });
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Versions before 0.4.0 stored it among the rest, before 0.2.0 by another name: so it is found by its shape. */
function findSituation(stored: unknown): Situation | undefined {
  const values = z.record(z.string(), z.unknown()).safeParse(stored).data ?? {};
  return Object.values(values)
    .map((value) => situation.safeParse(value).data)
    .find((found) => found !== undefined);
}
