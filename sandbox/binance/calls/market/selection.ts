import type { Call } from "../../call.ts";
import type { TradedSymbol } from "../../catalogue/symbols.ts";
import { badCombination, duplicateSymbols, missingOneOf, statusMismatch } from "../../errors.ts";
import { listIn, symbolNamed, symbolStatusIn } from "./parameters.ts";

/** The symbols of a request, and whether the answer is a list. */
export interface Selection {
  symbols: readonly TradedSymbol[];
  isList: boolean;
}

/** The parameters that select symbols. */
export const selecting = ["symbol", "symbols", "symbolStatus"];

/** Documented: `symbol` or `symbols`, and for some calls neither, which means all of them. */
export function selectedSymbols({ exchange, values }: Call, { needed }: { needed: boolean }): Selection {
  const [one, several] = [values.get("symbol"), values.get("symbols")];
  const status = symbolStatusIn(values);
  if (one !== undefined && several !== undefined) {
    throw badCombination();
  }
  if (one !== undefined) {
    const symbol = symbolNamed(exchange.symbols, one);
    if (status !== undefined && symbol.status !== status) {
      throw statusMismatch();
    }
    return { symbols: [symbol], isList: false };
  }
  if (several === undefined && needed) {
    throw missingOneOf("symbol", "symbols");
  }
  const symbols = several === undefined ? exchange.symbols : listed(exchange.symbols, several);
  return {
    symbols: symbols.filter((symbol) => status === undefined || symbol.status === status),
    isList: true,
  };
}

function listed(symbols: readonly TradedSymbol[], text: string): TradedSymbol[] {
  const names = listIn("symbols", text);
  if (new Set(names).size < names.length) {
    throw duplicateSymbols();
  }
  return names.map((name) => symbolNamed(symbols, name));
}

/** One answer for each symbol, or only the answer if a single one was requested. */
export function eachOf({ symbols, isList }: Selection, answer: (symbol: TradedSymbol) => object): object {
  const [first] = symbols;
  return isList || first === undefined ? symbols.map(answer) : answer(first);
}

/** How many symbols a request names; undefined if it names none. It is weighed before it is checked. */
export function namedCount(values: ReadonlyMap<string, string>): number | undefined {
  if (values.has("symbol")) {
    return 1;
  }
  return values.get("symbols")?.split(",").length;
}

/** Documented for several calls: so much for each symbol, but not more than a maximum. */
export function weightEach(each: number, maximum: number): (values: ReadonlyMap<string, string>) => number {
  return (values) => Math.min((namedCount(values) ?? 1) * each, maximum);
}
