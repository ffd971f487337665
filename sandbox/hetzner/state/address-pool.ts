/** The servers' range in the sandbox: 203.0.113.0/24 without its two ends. */
const prefix = "203.0.113.";
const first = 10;
const last = 250;

/**
 * Gives addresses to the servers of all projects. A released address is given again last, so that a client that still
 * uses it reaches no other server.
 */
export class AddressPool {
  readonly #free = Array.from({ length: last - first + 1 }, (_, index) => `${prefix}${first + index}`);
  #networks = 0;

  takeIpv4(): string {
    const address = this.#free.shift();
    if (address === undefined) {
      throw new Error(`no address of ${prefix}0/24 is left`);
    }
    return address;
  }

  /** A network for one server, as at Hetzner. The sandbox doesn't route it. */
  takeIpv6(): string {
    this.#networks += 1;
    return `2001:db8:0:${this.#networks.toString(16)}::/64`;
  }

  /** IPv6 networks are never used again: there are plenty. */
  release(address: string): void {
    if (address.startsWith(prefix)) {
      this.#free.push(address);
    }
  }
}
