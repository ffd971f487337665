import type { Journal } from "./journal.ts";

/**
 * How a stack gets a fresh system that keeps the bot's state: another server, a fresh disk on the same one, or a server at
 * the stack's other address.
 */
export type Kind = "replace" | "rebuild" | "failover";

interface Texts {
  /** What is open until it is finished. */
  name: string;
  /** The result, as the beginning of a sentence. */
  done: string;
  /** How to go on after an interruption, and how not to. */
  toContinue: string;
  /** What to do if the server can't be reached before its state is saved. */
  withoutConnection: string;
}

export const texts: Readonly<Record<Kind, Texts>> = {
  replace: {
    name: "replacement",
    done: "The server is replaced",
    toContinue: "To continue: npm run replace. To give it up: npm run replace -- --discard",
    withoutConnection:
      "If the server is dead, replace it without the bot's state: npm run replace -- --without-state",
  },
  rebuild: {
    name: "rebuild",
    done: "The server has a fresh system",
    toContinue: "To continue: npm run rebuild. To give it up: npm run rebuild -- --discard",
    withoutConnection:
      "If the server can't be reached any more, rebuild it without the bot's state: npm run rebuild -- --without-state",
  },
  failover: {
    name: "failover",
    done: "The bot's server is at the other address",
    toContinue: "To continue: npm run failover. To give it up: npm run failover -- --discard",
    withoutConnection:
      "If it no longer answers, run this again: with the setting backup:repository, the last stored backup is taken then. With a file: npm run failover -- --backup FILE. Without any state: npm run failover -- --without-state",
  },
};

export function kindOf({ rebuild, failover }: Journal): Kind {
  if (failover !== undefined) {
    return "failover";
  }
  return rebuild === undefined ? "replace" : "rebuild";
}
