import { type BackupStorage, parseStorage } from "../../../checklist/backup-storage.ts";
import type { SettingFinding } from "../finding.ts";

/** What is set of `backup:`. */
export interface BackupValues {
  repository: string | undefined;
  accessKey: string | undefined;
  secretKey: string | undefined;
  privateKey: string | undefined;
  hostKey: string | undefined;
  password: string | undefined;
}

/** What a storage with S3 is reached with. */
interface S3Access {
  accessKey: string;
  secretKey: string;
}

/** What a storage with sftp is reached with. */
interface SftpAccess {
  /** In OpenSSH's format, without a passphrase. */
  privateKey: string;
  /** "ssh-ed25519 AAAA…": the only one that the storage may show. */
  hostKey: string;
}

/** Backups off the server, with all that restic needs. */
export type BackupSettings = { storage: BackupStorage; password: string } & (S3Access | SftpAccess);

const ofS3 = ["accessKey", "secretKey"] as const;
const ofSftp = ["privateKey", "hostKey"] as const;
type Name = (typeof ofS3 | typeof ofSftp)[number] | "password";

/** A shorter one could be guessed by a person who has the storage. */
const shortestPassword = 20;

/** Finds what is wrong or missing. No message shows a part of a value: a secret may be in the wrong place. */
export function checkBackup({ repository, ...values }: BackupValues): SettingFinding[] {
  if (repository === undefined) {
    const alone = ([...ofS3, ...ofSftp, "password"] as const).find((name) => values[name] !== undefined);
    return alone === undefined
      ? []
      : [
          finding(
            "backup:repository",
            "is missing",
            `backup:${alone} is set, so backups are wanted. Name the storage:`,
            example,
          ),
        ];
  }
  const storage = parseStorage(repository);
  if ("problem" in storage) {
    return [
      finding(
        "backup:repository",
        storage.problem,
        "It must be s3:https://HOST/BUCKET, with the host that the storage's provider names, and a folder may follow; or sftp://USER@HOST:PORT/FOLDER.",
        example,
      ),
    ];
  }
  const names: Name[] = [...(storage.user === undefined ? ofS3 : ofSftp), "password"];
  return names.flatMap((name) => {
    const problem = problemOf(name, values[name]);
    return problem === undefined ? [] : [finding(`backup:${name}`, ...problem, commandFor(name))];
  });
}

const example = "pulumi config set backup:repository s3:https://HOST/BUCKET";

function commandFor(name: Name): string {
  switch (name) {
    case "privateKey":
      return "pulumi config set --secret backup:privateKey < storage-key";
    case "hostKey":
      return 'pulumi config set backup:hostKey "ssh-ed25519 …"';
    case "accessKey":
    case "secretKey":
    case "password":
      return `pulumi config set --secret backup:${name}`;
  }
}

/** All of it, or undefined if there are no backups off the server. */
export function readBackupSettings({
  repository,
  accessKey = "",
  secretKey = "",
  privateKey = "",
  hostKey = "",
  password = "",
}: BackupValues): BackupSettings | undefined {
  const storage = repository === undefined ? undefined : parseStorage(repository);
  if (storage === undefined || "problem" in storage) {
    return undefined;
  }
  return storage.user === undefined
    ? { storage, password, accessKey, secretKey }
    : // ssh reads no key whose last line doesn't end.
      { storage, password, privateKey: `${privateKey.trimEnd()}\n`, hostKey };
}

function problemOf(name: Name, value: string | undefined): [string, string] | undefined {
  switch (name) {
    case "privateKey":
      return problemOfPrivateKey(value);
    case "hostKey":
      return problemOfHostKey(value);
    case "accessKey":
    case "secretKey":
    case "password":
      return problemOfSecret(name, value);
  }
}

const aboutPrivateKey =
  "The server logs in at the storage with it. Make one for this server alone, without a passphrase (ssh-keygen -t ed25519 -N '' -f storage-key), give its public half to the storage, and set it:";

function problemOfPrivateKey(value: string | undefined): [string, string] | undefined {
  if (value === undefined || value === "") {
    return ["is missing", aboutPrivateKey];
  }
  const [, base64 = ""] =
    /^-----BEGIN OPENSSH PRIVATE KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END OPENSSH PRIVATE KEY-----\s*$/.exec(
      value,
    ) ?? [];
  const content = Buffer.from(base64, "base64").toString("latin1");
  // OpenSSH's PROTOCOL.key: the magic, and then the name of the cipher with its length in front.
  if (!content.startsWith("openssh-key-v1\0") || !content.includes("ssh-ed25519")) {
    return ["isn't an Ed25519 key in OpenSSH's format", aboutPrivateKey];
  }
  return content.startsWith("openssh-key-v1\0\0\0\0\u0004none")
    ? undefined
    : ["has a passphrase, which nobody enters on a server", aboutPrivateKey];
}

function problemOfHostKey(value: string | undefined): [string, string] | undefined {
  const about =
    "It is the storage's, so that no other machine can take its place. ssh-keyscan -p PORT -t ed25519 HOST prints it behind the host: compare its fingerprint with the provider's documentation (ssh-keygen -lf).";
  if (value === undefined || value === "") {
    return ["is missing", about];
  }
  return /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]+={0,2}$/.test(value)
    ? undefined
    : ["isn't a host key, such as ssh-ed25519 AAAA…, without anything else", about];
}

function problemOfSecret(
  name: (typeof ofS3)[number] | "password",
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
