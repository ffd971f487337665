import { hostNameProblem } from "./hosts/host-names.ts";

/** Where backups are stored, from the setting `backup:repository`. */
export interface BackupStorage {
  /** As restic takes it. */
  repository: string;
  host: string;
  port: number;
  /** The user at a storage that is reached by sftp. A storage with S3 has keys and no user. */
  user?: string;
}

type Parsed = BackupStorage | { problem: string };

/**
 * Reads `s3:https://HOST[:PORT]/BUCKET[/PREFIX]` or `sftp://USER@HOST[:PORT]/FOLDER`. Otherwise it returns what is wrong,
 * as the end of a sentence.
 */
export function parseStorage(repository: string): Parsed {
  // The URL parser would remove them silently.
  if (/[\s\p{Cc}\p{Cf}"'\\]/u.test(repository)) {
    return { problem: "has white space, a quote, a backslash or an invisible character in it" };
  }
  if (repository.startsWith("sftp://")) {
    return parseSftp(repository);
  }
  const url = repository.startsWith("s3:https://") ? URL.parse(repository.slice("s3:".length)) : null;
  if (url === null) {
    return { problem: "doesn't begin with s3:https:// or sftp:// and an address" };
  }
  if (hostNameProblem(url.hostname) !== undefined) {
    return { problem: "doesn't have a full host name as its host" };
  }
  if (url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") {
    return { problem: "has a user, a password, a ? or a # in it" };
  }
  if (url.pathname.split("/").every((part) => part === "")) {
    return { problem: "names no bucket" };
  }
  return { repository, host: url.hostname, port: Number(url.port || 443) };
}

function parseSftp(repository: string): Parsed {
  const url = URL.parse(repository);
  if (url === null || hostNameProblem(url.hostname) !== undefined) {
    return { problem: "doesn't have a full host name as its host" };
  }
  if (url.search !== "" || url.hash !== "" || url.password !== "") {
    return { problem: "has a password, a ? or a # in it" };
  }
  if (!/^[a-z0-9_][a-z0-9_-]*$/i.test(url.username)) {
    return { problem: "names no user in front of its host, as in sftp://USER@HOST" };
  }
  if (url.pathname.split("/").every((part) => part === "")) {
    return { problem: "names no folder" };
  }
  return { repository, host: url.hostname, port: Number(url.port || 22), user: url.username };
}
