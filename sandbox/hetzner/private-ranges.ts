// Arithmetic with ranges of IPv4 addresses in CIDR notation. Addresses are numbers here.

/** A range of addresses. */
export interface Range {
  first: number;
  last: number;
  prefix: number;
}

/** @returns undefined if the text isn't a range in its normal form, such as "10.0.1.0/24" */
export function parseRange(text: string): Range | undefined {
  const [, address = "", length = ""] = /^(\d+\.\d+\.\d+\.\d+)\/(\d|[12]\d|3[0-2])$/.exec(text) ?? [];
  const first = parseAddress(address);
  const size = 2 ** (32 - Number(length));
  if (first === undefined || length === "" || first % size !== 0) {
    return undefined;
  }
  return { first, last: first + size - 1, prefix: Number(length) };
}

/** @returns undefined if the text isn't an address */
export function parseAddress(text: string): number | undefined {
  const parts = text.split(".").map(Number);
  const isAddress = parts.length === 4 && parts.every((part) => part >= 0 && part <= 255);
  return isAddress ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}

export function formatRange({ first, prefix }: Range): string {
  return `${formatAddress(first)}/${prefix}`;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlap(one: Range, other: Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** RFC 1918. */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].flatMap(
  (text) => parseRange(text) ?? [],
);

export function isPrivate(range: Range): boolean {
  return privateRanges.some((one) => contains(one, range));
}

/** @returns the first /24 in a range that overlaps with none of the others */
export function freeSubnet(range: Range, taken: readonly Range[]): Range | undefined {
  for (let first = range.first; first + 255 <= range.last; first += 256) {
    const candidate = { first, last: first + 255, prefix: 24 };
    if (!taken.some((one) => overlap(one, candidate))) {
      return candidate;
    }
  }
  return undefined;
}

/** @returns the first address in a range, without its two ends, that isn't taken */
export function freeAddress(range: Range, taken: readonly number[]): number | undefined {
  for (let address = range.first + 1; address < range.last; address += 1) {
    if (!taken.includes(address)) {
      return address;
    }
  }
  return undefined;
}
