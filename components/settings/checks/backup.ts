import { type BackupStorage, parseStorage } from "../../../checklist/backup-storage.ts";
import type { SettingFinding } from "../finding.ts";

/** What is set of `backup:`. */
export interface BackupValues {
  repository: string | undefined;
  accessKey: string | undefined;
  secretKey: string | undefined;
  password: string | undefined;
}

/** Backups off the server, with all that restic needs. */
export interface BackupSettings {
  storage: BackupStorage;
  accessKey: string;
  secretKey: string;
  password: string;
}

const secrets = ["accessKey", "secretKey", "password"] as const;

/** A shorter one could be guessed by a person who has the storage. */
const shortestPassword = 20;

/** Finds what is wrong or missing. No message shows a part of a value: a secret may be in the wrong place. */
export function checkBackup({ repository, ...values }: BackupValues): SettingFinding[] {
  if (repository === undefined) {
    const alone = secrets.find((name) => values[name] !== undefined);
    return alone === undefined
      ? []
      : [
          finding(
            "backup:repository",
            "is missing",
            `backup:${alone} is set, so backups are wanted. Name the storage:`,
            "pulumi config set backup:repository s3:https://HOST/BUCKET",
          ),
        ];
  }
  const storage = parseStorage(repository);
  if ("problem" in storage) {
    return [
      finding(
        "backup:repository",
        storage.problem,
        "It must be s3:https://HOST/BUCKET, with the host that the storage's provider names. A folder may follow.",
        "pulumi config set backup:repository s3:https://HOST/BUCKET",
      ),
    ];
  }
  return secrets.flatMap((name) => {
    const problem = secretProblem(name, values[name]);
    return problem === undefined
      ? []
      : [finding(`backup:${name}`, ...problem, `pulumi config set --secret backup:${name}`)];
  });
}

/** All of it, or undefined if there are no backups off the server. */
export function readBackupSettings({
  repository,
  accessKey = "",
  secretKey = "",
  password = "",
}: BackupValues): BackupSettings | undefined {
  const storage = repository === undefined ? undefined : parseStorage(repository);
  return storage === undefined || "problem" in storage
    ? undefined
    : { storage, accessKey, secretKey, password };
}

function secretProblem(
  name: (typeof secrets)[number],
  value: string | undefined,
): [string, string] | undefined {
  const what =
    name === "password"
      ? "restic encrypts the backups with it. Make a long random one, and keep it in your password manager as well:"
      : "The storage's provider gives you both keys:";
  if (value === undefined || value === "") {
    return ["is missing", what];
  }
  // It is one line of a file on the server.
  if (/[\s\p{Cc}\p{Cf}]/u.test(value)) {
    return ["has white space, a line break or an invisible character in it", what];
  }
  if (name === "password" && value.length < shortestPassword) {
    return [`has fewer than ${shortestPassword} characters`, what];
  }
  return undefined;
}

function finding(setting: string, problem: string, explanation: string, command: string): SettingFinding {
  return { severity: "error", setting, problem, explanation, command };
}
