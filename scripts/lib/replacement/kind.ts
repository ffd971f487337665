import type { Journal } from "./journal.ts";

/** How a stack gets a fresh system that keeps the bot's state: another server, or a fresh disk on the same one. */
export type Kind = "replace" | "rebuild";

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
};

export function kindOf({ rebuild }: Journal): Kind {
  return rebuild === undefined ? "replace" : "rebuild";
}
