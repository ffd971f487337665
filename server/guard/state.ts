import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../binance/json.ts";
import type { Directories } from "./directories.ts";
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

/** On the disk; and in memory, as long as the disk takes nothing, because it is read-only: root_tools/watching.py does the same. */
export type Places = Pick<Directories, "state" | "runtime">;

/** A state that is missing or broken is an empty one: at worst a message is sent twice. */
export function readState(places: Places): GuardState {
  const stored = parseJson(recall(places, stateName));
  return {
    ...fields.silentUntil.safeParse(stored).data,
    ...fields.verdictAt.safeParse(stored).data,
    ...fields.ordersAccepted.safeParse(stored).data,
    ...fields.lastCheck.safeParse(stored).data,
  };
}

export function writeState(places: Places, state: GuardState): void {
  remember(places, stateName, state);
}

/** The last situation that the webhook accepted. */
export function readReported(places: Places): Situation | undefined {
  const own = situation.safeParse(parseJson(recall(places, reportedName))).data;
  return own ?? findSituation(parseJson(recall(places, stateName)));
}

export function writeReported(places: Places, reported: Situation): void {
  remember(places, reportedName, reported);
}

const stateName = "memory.json";
const reportedName = "reported.json";

function recall({ state, runtime }: Places, name: string): string {
  return readText(join(runtime, name)) || readText(join(state, name));
}

/** @throws the disk's error if it takes nothing; the content is in memory then */
function remember({ state, runtime }: Places, name: string, content: object): void {
  try {
    replaceFile(state, name, content);
  } catch (error) {
    replaceFile(runtime, name, content);
    throw error;
  }
  rmSync(join(runtime, name), { force: true });
}

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
