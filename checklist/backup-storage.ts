import { hostNameProblem } from "./hosts/host-names.ts";

/** Where backups are stored, from the setting `backup:repository`. */
export interface BackupStorage {
  /** As restic takes it. */
  repository: string;
  host: string;
  port: number;
}

/** Reads `s3:https://HOST[:PORT]/BUCKET[/PREFIX]`. Otherwise it returns what is wrong, as the end of a sentence. */
export function parseStorage(repository: string): BackupStorage | { problem: string } {
  // The URL parser would remove them silently.
  if (/[\s\p{Cc}\p{Cf}"'\\]/u.test(repository)) {
    return { problem: "has white space, a quote, a backslash or an invisible character in it" };
  }
  const url = repository.startsWith("s3:https://") ? URL.parse(repository.slice("s3:".length)) : null;
  if (url === null) {
    return { problem: "doesn't begin with s3:https:// and an address" };
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
