/** A file of Debian's package archive. */
export interface ArchiveFile {
  /** "debian", "debian-security", or the run's own "security-updates". */
  archive: string;
  /** Below the archive, without a slash at the start: "pool/main/d/dnsmasq/…". */
  path: string;
  /** Whether the file of this name never changes: packages, and indices that are named by their hash. */
  isImmutable: boolean;
}

/** No part of a path begins with a dot, so that no path leads out of the archive. */
const archiveFile =
  /^\/(debian|debian-security|security-updates)\/((?:dists|pool)(?:\/[A-Za-z0-9][\w.+~:@=-]*)+)$/;

/**
 * The file that a request is for, or undefined if it isn't for a file of the archive: no other request may leave the
 * sandbox.
 *
 * @param url as the request has it: apt encodes characters like "+" and "~"
 */
export function archiveFileOf(method: string, url: string): ArchiveFile | undefined {
  if (method !== "GET" && method !== "HEAD") {
    return undefined;
  }
  const [, archive, path] = archiveFile.exec(decoded(url)) ?? [];
  if (archive === undefined || path === undefined) {
    return undefined;
  }
  return { archive, path, isImmutable: path.startsWith("pool/") || path.includes("/by-hash/") };
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return "";
  }
}
