import { createHash } from "node:crypto";

/** The last usable number of an address in a /16 network; the first is 1. */
const last = 65_534;

/**
 * Gives each name an address of a /16 network. An address follows from its name, so a name that is added or removed
 * moves no other, except in the rare case that two names have the same hash.
 *
 * @param network the first two numbers of the network, such as "198.19"
 */
export function assignAddresses(names: Iterable<string>, network: string): ReadonlyMap<string, string> {
  const byNumber = new Map<number, string>();
  // The order in which a person lists the names must not matter.
  for (const name of [...new Set(names)].sort()) {
    let number = hash(name);
    while (byNumber.has(number)) {
      number = (number % last) + 1;
    }
    byNumber.set(number, name);
  }
  return new Map([...byNumber].map(([number, name]) => [name, `${network}.${number >> 8}.${number & 0xff}`]));
}

function hash(name: string): number {
  return (createHash("sha256").update(name).digest().readUInt32BE() % last) + 1;
}
