/** Who called Binance: this computer through the server's tunnel, this computer directly, or the guard on the server. */
export type Caller = "tunnel" | "direct" | "guard";

export type RefusedAction = "read-account" | "trade" | "read-futures" | "trade-futures";

export interface Situation {
  /** The server's static address. */
  ipAddress: string;
  caller: Caller;
  /** Nothing was answered before: the first request of all was refused, which is sent without a key. */
  isFirstRequest?: boolean;
  /** What Binance refuses, although it has just accepted this key from this address for something else. */
  refusedAction?: RefusedAction;
}

/** What may have caused a failure, and what to do. */
export interface Diagnosis {
  /** The likeliest first. */
  causes: string[];
  remedy: string;
}

/** A person runs `npm run verify` again; the guard runs by itself. */
export function thenRepeat({ caller }: Situation): string {
  return caller === "guard" ? "The guard checks again by itself." : "Then run this again.";
}

/** The computer that made the connection. */
export function computerOf({ caller }: Situation): string {
  return caller === "guard" ? "the server" : "this computer";
}

/** Where Binance sees the request come from. */
export function originOf({ caller }: Situation): string {
  return caller === "direct" ? "this computer" : "the server";
}

/** A command for the computer that made the connection. */
export function commandAt({ caller }: Situation, command: string): string {
  return caller === "guard" ? `npm run ssh -- ${command}` : command;
}
