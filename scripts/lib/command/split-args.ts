import type { Options } from "./options.ts";

/** Splits a command line that ends with another command: the first argument that isn't an option begins it. */
export function splitArgs(args: string[], options: Options): { own: string[]; other: string[] } {
  const withValue = new Set(
    Object.entries(options).flatMap(([name, { type }]) => (type === "string" ? [`--${name}`] : [])),
  );
  let length = 0;
  for (let arg = args[0]; arg?.startsWith("-") === true && arg !== "--"; arg = args[length]) {
    length += withValue.has(arg) ? 2 : 1;
  }
  const other = args.slice(length);
  return { own: args.slice(0, length), other: other[0] === "--" ? other.slice(1) : other };
}
