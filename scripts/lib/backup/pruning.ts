import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { confirm } from "../command/ask.ts";
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import { capture, stream } from "../process/run.ts";
import { readValues } from "../stack/settings.ts";
import { type Access, accessFrom, ownTag, reaching, remedyFor } from "./restic.ts";
import { parseStored, type StoredBackup, storedTable } from "./stored.ts";

// Old backups are removed from this computer and not from the server, whose keys need not be able to delete anything.

/** How many backups are kept: the last one of each day, week and month. */
const kept = { daily: 14, weekly: 8, monthly: 12 };

const otherKeys = "The server's need not be able to delete. Set keys that may";

/** What `restic forget --json` prints: a group for each name that the stack's server had. */
const groups = z.array(
  z.object({ keep: z.array(z.unknown()).nullable(), remove: z.array(z.unknown()).nullable() }),
);

export interface Pruning {
  keeps: StoredBackup[];
  /** The latest first. */
  removes: StoredBackup[];
}

/** Removes what is older than what is kept, after a question. Returns the exit code. */
export async function prune(stack: string | undefined, yes: boolean): Promise<number> {
  const access = accessFrom(await readValues(stack), process.env);
  const { keeps, removes } = await look(access);
  if (removes.length === 0) {
    process.stdout.write(`No backup is old enough to be removed. Stored: ${counted(keeps)}.\n`);
    // An earlier run may have been interrupted after it had removed the backups, and before their data.
    await change(access, ["prune"]);
    return 0;
  }
  process.stdout.write(
    `To be removed for good, ${counted(removes)}:\n${storedTable(removes, new Date())}To be kept, ${counted(keeps)}:\n${storedTable(keeps, new Date())}`,
  );
  if (!(await confirm({ text: `Remove ${counted(removes)}? Type yes: `, answer: "yes", yes }))) {
    process.stdout.write("No backup was removed.\n");
    return 1;
  }
  await change(access, ["forget", "--prune", ...removes.map(({ id }) => id)]);
  process.stdout.write(
    forStack(
      `Removed ${counted(removes)}, and kept ${counted(keeps)}. To list them: npm run backup -- --list\n`,
      stack,
    ),
  );
  return 0;
}

async function look(access: Access): Promise<Pruning> {
  const rules = Object.entries(kept).map(([name, count]) => `--keep-${name}=${count}`);
  const args = ["forget", ownTag, "--group-by=host", ...rules, "--dry-run", "--json"];
  const { environment } = access;
  const { code, stdout, stderr } = await reaching(access, (options) =>
    capture("restic", [...options, ...args], { environment }),
  );
  if (code !== 0) {
    throw new UserError(
      `The backups can't be read. restic reported:\n${stderr.trim()}\n${remedyFor(stderr, otherKeys)}`,
    );
  }
  const found = parsePruning(stdout);
  if (found === undefined) {
    throw new UserError("restic printed something other than a list of backups. Is its version current?");
  }
  return found;
}

/** Parses what `restic forget --json` prints. Undefined for anything else. */
export function parsePruning(json: string): Pruning | undefined {
  const { data } = groups.safeParse(parseJson(json));
  const listed = (part: "keep" | "remove") =>
    parseStored(JSON.stringify(data?.flatMap((group) => group[part] ?? [])));
  const [keeps, removes] = data === undefined ? [] : [listed("keep"), listed("remove")];
  return keeps === undefined || removes === undefined ? undefined : { keeps, removes };
}

async function change(access: Access, args: string[]): Promise<void> {
  const printed: Buffer[] = [];
  const { environment } = access;
  const code = await reaching(access, (options) =>
    stream("restic", [...options, ...args], { environment, onStderr: (chunk) => printed.push(chunk) }),
  );
  if (code !== 0) {
    throw new UserError(
      `Not everything was removed: see restic's messages above. ${remedyFor(Buffer.concat(printed).toString(), otherKeys)}`,
    );
  }
}

function counted({ length }: readonly StoredBackup[]): string {
  return `${length} backup${length === 1 ? "" : "s"}`;
}
