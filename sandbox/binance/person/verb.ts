import type { BinanceControl } from "../control.ts";

/** One thing that a person can do. */
export interface Verb {
  name: string;
  /** What follows the name, as the help shows it. */
  args: string;
  /** What it does, in a line or a few. */
  about: string;
  /** @returns what to print */
  run: (control: BinanceControl, args: string[]) => Promise<string>;
}

/** A command line that can't be understood. */
export class UsageError extends Error {}

/** The command's help. */
export function usage(verbs: readonly Verb[]): string {
  const lines = verbs.map(
    ({ name, args, about }) => `  ${name} ${args}`.trimEnd() + `\n${about.replaceAll(/^/gm, "      ")}\n`,
  );
  return `Usage: binance-person VERB [WORDS…]

What the owner of the one account at the sandbox's Binance does on its website, and what Binance does to them.

${lines.join("")}`;
}

/** The args, of which there must be so many. */
export function exactly(args: string[], ...names: string[]): string[] {
  if (args.length !== names.length) {
    throw new UsageError(`${names.join(" and ") || "nothing"} must follow the verb`);
  }
  return args;
}

/** A whole number in the command line. */
export function wholeNumber(text: string): number {
  if (!/^-?\d{1,12}$/.test(text)) {
    throw new UsageError(`"${text}" is no whole number`);
  }
  return Number(text);
}
