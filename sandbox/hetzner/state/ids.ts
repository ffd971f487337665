/**
 * Where each kind's ids begin: far apart, so that one can't be taken for another by luck. A server's id also
 * names its machine's network link, and the kernel allows 15 characters for that.
 */
const firstIds = {
  server: 1_000_001,
  primaryIp: 20_000_001,
  firewall: 3_000_001,
  sshKey: 40_000_001,
  action: 500_000_000_000_001,
};

/** Gives ids, which are unique over all projects and never used again, as Hetzner's are. */
export class Ids {
  readonly #next = { ...firstIds };

  next(kind: keyof typeof firstIds): number {
    const id = this.#next[kind];
    this.#next[kind] += 1;
    return id;
  }
}
