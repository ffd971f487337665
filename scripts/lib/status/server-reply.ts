import * as z from "zod";

// What the tool server-status on the server prints: root_tools/server_status.py. Each part is null if it is unknown.

/** In seconds since 1970, as a date. */
const time = z
  .number()
  .transform((seconds) => new Date(seconds * 1000))
  .nullable();
const text = z.string().nullable();
const count = z.number().int().nullable();

const bot = z.object({
  isConfigured: z.boolean(),
  /** systemd's ActiveState, SubState and Result. */
  state: z.string(),
  detail: z.string(),
  result: z.string(),
  exitStatus: count,
  restarts: count,
  runsSince: time,
  usesKey: z.boolean(),
  mode: z.enum(["live", "paper"]),
  isHeld: z.boolean(),
  isStopped: z.boolean(),
  hasEnded: z.boolean(),
  waitsForClock: z.boolean(),
  /** Why it must not be started now. */
  reason: text,
  /** Of its program. */
  release: text,
  installedAt: time,
});

const guard = z.object({
  isOn: z.boolean(),
  /** After so many minutes without knowing, it reports that (the setting guardBlindMinutes). */
  blindMinutes: count,
  checkedAt: time,
  /** Why the last check doesn't know what the key may do. */
  reason: text,
  /** When the guard last knew what the key may do. */
  knewAt: time,
  /** Of the pair that is live; null also if the last pass is too old for a start of the bot. */
  passedAt: time,
});

const key = z.object({ fingerprint: text, installedAt: time });
/** `bytes` is null if it takes too long to measure. */
const state = z.object({ bytes: count, copies: z.number(), lastCopyAt: time });
/** `setAt` is null if no storage is set. */
const backup = z.object({ setAt: time, lastBackupAt: time, problem: text });
const space = z.object({ bytes: z.number().positive(), free: z.number() });
/** `readOnly` names what can't be written to. The tool of version 0.7.0 doesn't say it. */
const disk = space.extend({ readOnly: z.array(z.enum(["disk", "volume"])).default([]) });
const updates = z.object({
  installedAt: time,
  rebootPendingSince: time,
  /** Units that run code which an update has replaced. */
  runOldCode: z.array(z.string()),
});

export const serverReply = z.object({
  at: z.number().transform((seconds) => new Date(seconds * 1000)),
  bot: bot.nullable(),
  guard: guard.nullable(),
  /** Null also if there is none. */
  key: key.nullable(),
  state: state.nullable(),
  backup: backup.nullable(),
  disk: disk.nullable(),
  memory: space.nullable(),
  updates: updates.nullable(),
  startedAt: time,
});

export type ServerReply = z.output<typeof serverReply>;
export type BotReply = z.output<typeof bot>;
export type GuardReply = z.output<typeof guard>;
