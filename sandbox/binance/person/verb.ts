import { amountText } from "../amount-text.ts";
import type { BinanceControl } from "../control.ts";

/** One thing that a person can do. */
export interface Verb {
  name: string;
  /** The arguments, as the help shows them. */
  args: string;
  /** What it does, in a line or a few. */
  about: string;
  /** @returns what to print */
  run: (control: BinanceControl, args: string[]) => Promise<string>;
}

/** The command line is wrong. */
export class UsageError extends Error {}

/** The command's help. */
export function usage(verbs: readonly Verb[]): string {
  const lines = verbs.map(
    ({ name, args, about }) => `  ${name} ${args}`.trimEnd() + `\n${about.replaceAll(/^/gm, "      ")}\n`,
  );
  return `Usage: binance-person [--paper] VERB [ARGUMENTS…]

What the account's owner does on the website of the sandbox's Binance, and what Binance does to the account.
--paper means the account for paper trading, which demo-api.binance.com and testnet.binance.vision serve.

${lines.join("")}`;
}

/** Checks that there is one argument for each name. */
export function exactly(args: string[], ...names: string[]): string[] {
  if (args.length !== names.length) {
    throw new UsageError(`${names.join(" and ") || "nothing"} must follow the verb`);
  }
  return args;
}

/** A whole number in the command line. */
export function wholeNumber(text: string): number {
  if (!/^-?\d{1,12}$/.test(text)) {
    throw new UsageError(`"${text}" isn't a whole number`);
  }
  return Number(text);
}

/** An amount in the command line. */
export function decimalNumber(text: string): string {
  if (!amountText.safeParse(text).success) {
    throw new UsageError(`"${text}" isn't a decimal number with at most eight places`);
  }
  return text;
}

/** Which order is filled, and how much of it: all of it if no quantity follows. */
export function fillArgs(args: string[]): [id: number, fill: { quantity?: string }] {
  const [id = "", quantity] =
    args.length === 1 ? exactly(args, "ORDER-ID") : exactly(args, "ORDER-ID", "QUANTITY");
  return [wholeNumber(id), quantity === undefined ? {} : { quantity }];
}
