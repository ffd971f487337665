import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { confirm } from "../command/ask.ts";
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import { capture, stream } from "../process/run.ts";
import { readValues } from "../stack/settings.ts";
import { parseStored, type StoredBackup, storedTable } from "./stored.ts";

// Old backups are removed from this computer and not from the server, whose keys need not be able to delete anything.

/** How many backups are kept: the last one of each day, week and month. */
const kept = { daily: 14, weekly: 8, monthly: 12 };

const keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const;

/** What restic needs, for its environment: other users can see command lines. */
type Access = Record<"RESTIC_REPOSITORY" | "RESTIC_PASSWORD" | (typeof keys)[number], string>;

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

/**
 * The storage of the settings. The keys of this computer's environment take precedence over those that the server has.
 *
 * @throws UserError if no storage is set, or only one of the two keys
 */
export function accessFrom(
  settings: Partial<Record<string, string>>,
  environment: Partial<Record<string, string>>,
): Access {
  const given = keys.filter((name) => (environment[name] ?? "") !== "");
  if (given.length === 1) {
    throw new UserError(`Of the storage's keys, only ${given.join()} is set. Set ${keys.join(" and ")}.`);
  }
  const [accessKey, secretKey] =
    given.length === 0
      ? [settings["backup:accessKey"], settings["backup:secretKey"]]
      : keys.map((name) => environment[name]);
  const { "backup:repository": repository, "backup:password": password } = settings;
  if ([repository, password, accessKey, secretKey].some((value = "") => value === "")) {
    throw new UserError(
      "No storage for backups is set, or not all of its settings. docs/backup.md says how to set them.",
    );
  }
  return {
    RESTIC_REPOSITORY: repository ?? "",
    RESTIC_PASSWORD: password ?? "",
    AWS_ACCESS_KEY_ID: accessKey ?? "",
    AWS_SECRET_ACCESS_KEY: secretKey ?? "",
  };
}

async function look(environment: Access): Promise<Pruning> {
  const rules = Object.entries(kept).map(([name, count]) => `--keep-${name}=${count}`);
  const { code, stdout, stderr } = await capture(
    "restic",
    command("forget", "--tag=trading-bot-server", "--group-by=host", ...rules, "--dry-run", "--json"),
    { environment },
  );
  if (code !== 0) {
    throw new UserError(
      `The backups can't be read. restic reported:\n${stderr.trim()}\n${remedyFor(stderr)}`,
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

async function change(environment: Access, args: string[]): Promise<void> {
  const printed: Buffer[] = [];
  const code = await stream("restic", command(...args), {
    environment,
    onStderr: (chunk) => printed.push(chunk),
  });
  if (code !== 0) {
    throw new UserError(
      `Not everything was removed: see restic's messages above. ${remedyFor(Buffer.concat(printed).toString())}`,
    );
  }
}

/** The bucket in the path, as on the server. The cache would stay on this computer. */
function command(...args: string[]): string[] {
  return ["--option=s3.bucket-lookup=path", "--no-cache", ...args];
}

function remedyFor(reported: string): string {
  if (/Access ?Denied|403 Forbidden|not authorized|InvalidAccessKeyId|request signature/i.test(reported)) {
    return `The storage refuses the keys. The server's need not be able to delete. Set keys that may, in this terminal, and run this again: export ${keys.join("=… ")}=…`;
  }
  if (/already locked|unable to create lock/i.test(reported)) {
    return "Another run has locked the repository, such as the nightly backup: wait until it has ended. If that was killed, its lock is removed by the next backup after half an hour: npm run backup";
  }
  return "Run this again.";
}

function counted({ length }: readonly StoredBackup[]): string {
  return `${length} backup${length === 1 ? "" : "s"}`;
}
