import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";
import { labels } from "../ssh/bot-control.ts";
import { runRemotely, streamRemotely } from "../ssh/remote.ts";
import type { Server } from "../ssh/server.ts";
import { sizeText } from "./size.ts";

/** A backup off the server, from what restic lists. */
export interface StoredBackup {
  id: string;
  /** When it was begun. */
  time: Date;
  /** The stack's name at Hetzner. */
  name: string;
  /** What it holds, in bytes; undefined if restic doesn't know. */
  bytes: number | undefined;
  /** What it has added to the storage. */
  added: number | undefined;
}

const snapshots = z.array(
  z.object({
    id: z.string().regex(/^[0-9a-f]{64}$/),
    time: z.iso.datetime({ offset: true }),
    hostname: z.string(),
    summary: z
      .object({ total_bytes_processed: z.number().optional(), data_added_packed: z.number().optional() })
      .optional(),
  }),
);

/** Parses what restic prints, the latest first. Undefined for anything else. */
export function parseStored(json: string): StoredBackup[] | undefined {
  const { data } = snapshots.safeParse(parseJson(json));
  return data
    ?.map(({ id, time, hostname, summary }) => ({
      id,
      time: new Date(time),
      name: hostname,
      bytes: summary?.total_bytes_processed,
      added: summary?.data_added_packed,
    }))
    .toSorted((one, other) => other.time.getTime() - one.time.getTime());
}

/**
 * The backups in the server's storage, the latest first.
 *
 * @throws UserError with the server's reason if they can't be listed
 */
export async function listStored(server: Server): Promise<StoredBackup[]> {
  const { code, stdout, stderr } = await runRemotely(server, "sudo stored-backup list");
  if (code !== 0) {
    throw new UserError(`The backups can't be listed. ${stderr.trim()}`);
  }
  const found = parseStored(stdout);
  if (found === undefined) {
    throw new UserError("The server has sent a list of backups that can't be read.");
  }
  return found;
}

/** Stores a backup now, and shows what the server reports. Returns the exit code. */
export function storeNow(server: Server): Promise<number> {
  return streamRemotely(server, "sudo stored-backup make", { labels });
}

/** A line for each backup, with its age. */
export function storedTable(backups: readonly StoredBackup[], now: Date): string {
  if (backups.length === 0) {
    return "No backup is stored yet. To store one now: npm run backup\n";
  }
  return backups
    .map(
      ({ id, time, bytes, added }) =>
        `${id.slice(0, 8)}  ${time.toISOString().slice(0, 16).replace("T", " ")} UTC  ${ageText(now.getTime() - time.getTime()).padStart(10)} ago  ${size(bytes)}${added === undefined ? "" : `, ${size(added)} new`}\n`,
    )
    .join("");
}

function size(bytes: number | undefined): string {
  return bytes === undefined ? "size unknown" : sizeText(bytes);
}

/** For people: "3 hours". */
export function ageText(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 120) {
    return `${minutes} minutes`;
  }
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

/** The id of a stored backup as a person types it. Without one, the last backup is meant. */
export function snapshotId(typed: string | undefined): string | undefined {
  if (typed !== undefined && !/^[0-9a-f]{8,64}$/.test(typed)) {
    throw new UserError(
      "The id of a stored backup has 8 to 64 hex digits. To list them: npm run backup -- --list",
    );
  }
  return typed;
}
