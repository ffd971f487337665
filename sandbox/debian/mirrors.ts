import { attempt } from "../command.ts";

/** Maps an archive, "debian" or "debian-security", to the address that its files come from. */
export type Mirrors = ReadonlyMap<string, string>;

/** The mirrors in an apt source file, in the format that the machines' image uses (deb822). */
export function mirrorsIn(sources: string): Mirrors {
  const addresses = [...sources.matchAll(/^URIs:\s*(\S+?)\/?\s*$/gm)].map(([, address = ""]) => address);
  return new Map(addresses.map((address) => [address.slice(address.lastIndexOf("/") + 1), address]));
}

/** Maps the label in a Release file to the archive. */
const archiveLabels = new Map([
  ["Debian", "debian"],
  ["Debian-Security", "debian-security"],
]);

/**
 * The mirrors that this host's apt uses for Debian, and the image's mirrors for archives that it doesn't use. Only
 * mirrors with an HTTP or HTTPS address count.
 */
export async function mirrorsOfHost(image: Mirrors): Promise<Mirrors> {
  const { stdout } = await attempt([
    "apt-get",
    "indextargets",
    "--format",
    "$(ORIGIN) $(LABEL) $(REPO_URI)",
    "Created-By: Packages",
  ]);
  return new Map([...image, ...mirrorsInTargets(stdout)]);
}

/** @param targets a line for each of apt's index files: origin, label, address of the archive */
export function mirrorsInTargets(targets: string): Mirrors {
  const lines = targets.matchAll(/^Debian (\S+) (https?:\S+?)\/?$/gm);
  const found = [...lines].flatMap(([, label = "", address = ""]): [string, string][] => {
    const archive = archiveLabels.get(label);
    return archive === undefined ? [] : [[archive, address]];
  });
  // The first source of several is the one that apt prefers.
  return new Map(found.reverse());
}
