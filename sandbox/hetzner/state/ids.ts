/**
 * The first id of each kind. They are far apart, so that no id is valid for another kind by accident. A server's id is
 * also part of the name of its machine's network link, which may have 15 characters.
 */
const firstIds = {
  server: 1_000_001,
  primaryIp: 20_000_001,
  firewall: 3_000_001,
  sshKey: 40_000_001,
  volume: 60_000_001,
  // Above those of the system images.
  image: 700_000_001,
  network: 9_000_001,
  placementGroup: 8_000_001,
  action: 500_000_000_000_001,
};

/** Gives ids that are unique over all projects and never used again, as at Hetzner. */
export class Ids {
  readonly #next = { ...firstIds };

  next(kind: keyof typeof firstIds): number {
    const id = this.#next[kind];
    this.#next[kind] += 1;
    return id;
  }
}
