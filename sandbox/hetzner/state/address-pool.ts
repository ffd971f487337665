/** The servers' range in the sandbox: 203.0.113.0/24, without both of its ends. */
const prefix = "203.0.113.";
const first = 10;
const last = 250;

/**
 * Gives addresses to all projects' servers. An address that was given back is the last one to be given again,
 * so that whoever still uses it finds nobody there.
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

  /** A network of one's own, as Hetzner gives; nothing routes it in the sandbox. */
  takeIpv6(): string {
    this.#networks += 1;
    return `2001:db8:0:${this.#networks.toString(16)}::/64`;
  }

  /** IPv6 networks are plenty and never come back. */
  giveBack(address: string): void {
    if (address.startsWith(prefix)) {
      this.#free.push(address);
    }
  }
}
