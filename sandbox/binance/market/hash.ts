// Read once: inside of jest, each look-up of a global takes longer than the multiplication.
const { floor, imul } = Math;

/** A well-mixed number of 32 bits: the same parts always give the same number. */
export function hash(...parts: number[]): number {
  let state = 0x9e3779b9;
  for (const part of parts) {
    // A part may have more than 32 bits, such as a slot's number.
    state = mix(state ^ mix(part));
    state = mix(state + floor(part / 2 ** 32));
  }
  return state >>> 0;
}

/** A number for a name, to seed other numbers with. */
export function hashText(text: string): number {
  return hash(...Buffer.from(text, "utf8"));
}

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let bits = value | 0;
  bits = imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
