/** What CHANGELOG.md says about a version. */
export interface ChangelogEntry {
  version: string;
  /** Markdown: what changes on a server that exists already. Empty if nothing does. */
  onServer: string;
}

/** The entries of a changelog, the newest first. */
export function parseChangelog(markdown: string): ChangelogEntry[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [, version] = /^(\d+\.\d+\.\d+)\b/.exec(section) ?? [];
      return version === undefined ? [] : [{ version, onServer: onServerIn(section) }];
    });
}

function onServerIn(section: string): string {
  const part = section.split(/^### /m).find((text) => text.startsWith("What happens on your server"));
  return part?.slice(part.indexOf("\n")).trim() ?? "";
}

/** The entries of the versions after this one, and up to the other one, the oldest first. */
export function entriesBetween(entries: ChangelogEntry[], current: string, next: string): ChangelogEntry[] {
  return entries
    .filter(({ version }) => isAfter(version, current) && !isAfter(version, next))
    .sort((one, other) => (isAfter(one.version, other.version) ? 1 : -1));
}

/** Whether a version, "0.8.0", is newer than another one. */
export function isAfter(version: string, other: string): boolean {
  return version.localeCompare(other, "en", { numeric: true }) > 0;
}
