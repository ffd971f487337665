import { attempt } from "../command.ts";

/** Where to get the files of an archive: its name, "debian" or "debian-security", and the address of its folder. */
export type Mirrors = ReadonlyMap<string, string>;

/** The mirrors that an apt's sources name, in the one form that the machines' image has them (deb822). */
export function mirrorsIn(sources: string): Mirrors {
  const addresses = [...sources.matchAll(/^URIs:\s*(\S+?)\/?\s*$/gm)].map(([, address = ""]) => address);
  return new Map(addresses.map((address) => [address.slice(address.lastIndexOf("/") + 1), address]));
}

/** What Debian's Release files say of themselves. */
const archiveLabels = new Map([
  ["Debian", "debian"],
  ["Debian-Security", "debian-security"],
]);

/**
 * The mirrors that this host's own apt uses for Debian, if it does; those of the image for what it has none of.
 * A mirror that apt reaches by other means than HTTP counts as none.
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
