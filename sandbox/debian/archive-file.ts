/** A file of Debian's package archive. */
export interface ArchiveFile {
  /** "debian" or "debian-security". */
  archive: string;
  /** Below the archive, without a slash before it: "pool/main/d/dnsmasq/…". */
  path: string;
  /** Whether what has this name stays as it is for ever: packages, and indices that are named by their hash. */
  isImmutable: boolean;
}

/** What a name may be made of: no name begins with a dot, so that none leads upwards. */
const archiveFile = /^\/(debian|debian-security)\/((?:dists|pool)(?:\/[A-Za-z0-9][\w.+~:@=-]*)+)$/;

/**
 * What a request asks for, or undefined where it is for anything but a file of the archive: nothing else may
 * leave the sandbox.
 *
 * @param url as it stands in the request: apt encodes characters like "+" and "~"
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
