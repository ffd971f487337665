/** A system that this project is tested with. */
export interface TestedImage {
  /** At Hetzner. */
  name: string;
  /** For people. */
  system: string;
  /** The day on which Debian's security team ends its support. */
  supportedUntil: string;
}

const debian13: TestedImage = {
  name: "debian-13",
  system: "Debian 13",
  // https://www.debian.org/releases/trixie/: three years of full support, from 2025-08-09.
  supportedUntil: "2028-08-09",
};

/** The newest one is last. */
export const testedImages: readonly TestedImage[] = [debian13];

/** What a new server gets. */
export const testedImage = debian13.name;

/** How long before its end the support is spoken of. */
const yearInMs = 365 * 24 * 3_600_000;

/**
 * What the owner of a server should know about its system's support, from a year before its end.
 *
 * @param image of the server
 * @param now in ms
 */
export function supportWarning(image: string, now: number): string | undefined {
  const found = testedImages.find(({ name }) => name === image);
  if (found === undefined) {
    return undefined;
  }
  const end = Date.parse(found.supportedUntil);
  if (now < end - yearInMs) {
    return undefined;
  }
  const ends =
    now < end
      ? `gets security updates until ${found.supportedUntil}`
      : `has got no security updates since ${found.supportedUntil}`;
  const newest = testedImages.at(-1);
  const next =
    newest === undefined || newest.name === image
      ? "Look for a newer version of trading-bot-server, which is tested with a newer system."
      : `To move to ${newest.system}: npm run rebuild -- --image ${newest.name}`;
  return `The server's system, ${found.system}, ${ends}. ${next}`;
}
