import { type BackupStorage, parseStorage } from "../../../checklist/backup-storage.ts";
import { UserError } from "../command/user-error.ts";
import { withAgent } from "../ssh/agent.ts";
import { quietOptions, sshArguments } from "../ssh/arguments.ts";

// restic on this computer, which reaches the storage of the settings without the server.

/** What our backups are marked with in a repository. */
export const ownTag = "--tag=trading-bot-server";

const keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const;

/** What restic needs. */
export interface Access {
  /** For its environment: other users can see command lines. */
  environment: Record<string, string>;
  /** How a storage with sftp is reached; undefined for one with S3. */
  sftp?: { storage: BackupStorage; privateKey: string; hostKey: string };
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

/** Runs restic once, with the options that reach the storage. The cache would stay on this computer. */
export function reaching<T>({ sftp }: Access, run: (options: string[]) => Promise<T>): Promise<T> {
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

/**
 * What to do about what restic reports.
 *
 * @param refused which keys a storage with S3 needs, if it refuses these: the beginning of a sentence
 */
export function remedyFor(reported: string, refused: string): string {
  if (/wrong password or no key found/i.test(reported)) {
    return "The password of the settings isn't the repository's: pulumi config set --secret backup:password";
  }
  if (/Access ?Denied|403 Forbidden|not authorized|InvalidAccessKeyId|request signature/i.test(reported)) {
    return `The storage refuses the keys. ${refused}, in this terminal, and run this again: export ${keys.join("=… ")}=…`;
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
