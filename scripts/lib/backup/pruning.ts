import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { type BackupStorage, parseStorage } from "../../../checklist/backup-storage.ts";
import { confirm } from "../command/ask.ts";
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import { capture, stream } from "../process/run.ts";
import { withAgent } from "../ssh/agent.ts";
import { quietOptions, sshArguments } from "../ssh/arguments.ts";
import { readValues } from "../stack/settings.ts";
import { parseStored, type StoredBackup, storedTable } from "./stored.ts";

// Old backups are removed from this computer and not from the server, whose keys need not be able to delete anything.

/** How many backups are kept: the last one of each day, week and month. */
const kept = { daily: 14, weekly: 8, monthly: 12 };

const keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const;

/** What restic needs. */
export interface Access {
  /** For its environment: other users can see command lines. */
  environment: Record<string, string>;
  /** How a storage with sftp is reached; undefined for one with S3. */
  sftp?: { storage: BackupStorage; privateKey: string; hostKey: string };
}

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
 * @throws UserError if no storage is set, or only one of the two keys of a storage with S3
 */
export function accessFrom(
  settings: Partial<Record<string, string>>,
  environment: Partial<Record<string, string>>,
): Access {
  const { "backup:repository": repository = "", "backup:password": password = "" } = settings;
  const storage = parseStorage(repository);
  const common = { RESTIC_REPOSITORY: repository, RESTIC_PASSWORD: password };
  if (password === "" || "problem" in storage) {
    throw new UserError(notSet);
  }
  if (storage.user !== undefined) {
    const { "backup:privateKey": privateKey = "", "backup:hostKey": hostKey = "" } = settings;
    if (privateKey === "" || hostKey === "") {
      throw new UserError(notSet);
    }
    return { environment: common, sftp: { storage, privateKey: `${privateKey.trimEnd()}\n`, hostKey } };
  }
  const [accessKey, secretKey] = keysFrom(settings, environment);
  return {
    environment: { ...common, AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey },
  };
}

const notSet =
  "No storage for backups is set, or not all of its settings. docs/backup.md says how to set them.";

function keysFrom(
  settings: Partial<Record<string, string>>,
  environment: Partial<Record<string, string>>,
): [string, string] {
  const given = keys.filter((name) => (environment[name] ?? "") !== "");
  if (given.length === 1) {
    throw new UserError(`Of the storage's keys, only ${given.join()} is set. Set ${keys.join(" and ")}.`);
  }
  const [accessKey = "", secretKey = ""] =
    given.length === 0
      ? [settings["backup:accessKey"], settings["backup:secretKey"]]
      : keys.map((name) => environment[name]);
  if (accessKey === "" || secretKey === "") {
    throw new UserError(notSet);
  }
  return [accessKey, secretKey];
}

async function look(access: Access): Promise<Pruning> {
  const rules = Object.entries(kept).map(([name, count]) => `--keep-${name}=${count}`);
  const args = ["forget", "--tag=trading-bot-server", "--group-by=host", ...rules, "--dry-run", "--json"];
  const { environment } = access;
  const { code, stdout, stderr } = await reaching(access, (options) =>
    capture("restic", [...options, ...args], { environment }),
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

async function change(access: Access, args: string[]): Promise<void> {
  const printed: Buffer[] = [];
  const { environment } = access;
  const code = await reaching(access, (options) =>
    stream("restic", [...options, ...args], { environment, onStderr: (chunk) => printed.push(chunk) }),
  );
  if (code !== 0) {
    throw new UserError(
      `Not everything was removed: see restic's messages above. ${remedyFor(Buffer.concat(printed).toString())}`,
    );
  }
}

/** Runs restic once, with the options that reach the storage. The cache would stay on this computer. */
function reaching<T>({ sftp }: Access, run: (options: string[]) => Promise<T>): Promise<T> {
  if (sftp === undefined) {
    // The bucket in the path, as on the server.
    return run(["--option=s3.bucket-lookup=path", "--no-cache"]);
  }
  return withAgent([sftp.privateKey], (agent) =>
    run([`--option=sftp.command=${sshCommand(sftp, agent)}`, "--no-cache"]),
  );
}

/** restic splits it as a shell does. */
function sshCommand({ storage, hostKey }: NonNullable<Access["sftp"]>, agent: string): string {
  const { host, port, user = "" } = storage;
  // With an alias, ssh looks for the host key without the port.
  const more = [...quietOptions, "-o", `HostKeyAlias=${host}`, "-p", `${port}`, "-s"];
  const args = sshArguments({ host, user, hostKey }, agent, ["sftp"], more);
  return ["ssh", ...args].map((arg) => `'${arg}'`).join(" ");
}

function remedyFor(reported: string): string {
  if (/Access ?Denied|403 Forbidden|not authorized|InvalidAccessKeyId|request signature/i.test(reported)) {
    return `The storage refuses the keys. The server's need not be able to delete. Set keys that may, in this terminal, and run this again: export ${keys.join("=… ")}=…`;
  }
  if (reported.includes("Permission denied (")) {
    return "The storage refuses the key: give it the public half of backup:privateKey (docs/backup.md), and run this again.";
  }
  if (reported.includes("Host key verification failed")) {
    return "The storage shows another host key than backup:hostKey. Find out why before you change the setting.";
  }
  if (/already locked|unable to create lock/i.test(reported)) {
    return "Another run has locked the repository, such as the nightly backup: wait until it has ended. If that was killed, its lock is removed by the next backup after half an hour: npm run backup";
  }
  return "Run this again.";
}

function counted({ length }: readonly StoredBackup[]): string {
  return `${length} backup${length === 1 ? "" : "s"}`;
}
