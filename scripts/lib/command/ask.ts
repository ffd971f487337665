import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UserError } from "./user-error.ts";

/** A question that a person must answer before a command goes on. */
export interface Question {
  /** With the answer that confirms: "Show it? Type yes: ". */
  text: string;
  /** Nothing else confirms; small and capital letters are the same. */
  answer: string;
  /** The command's --yes: nothing is asked. */
  yes: boolean;
}

/**
 * Asks a person to confirm. Everything but the expected answer is a no, also the end of the input and Ctrl-C.
 *
 * @throws UserError if nobody can be asked
 */
export async function confirm({ text, answer, yes }: Question): Promise<boolean> {
  if (yes) {
    return true;
  }
  if (!canAsk()) {
    throw new UserError(
      "Nothing was done: this must be confirmed, and there is no terminal to ask in. With --yes it isn't asked.",
    );
  }
  return (await ask(text)).trim().toLowerCase() === answer.toLowerCase();
}

/** Whether there is a terminal with a person who can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** Asks in the terminal. @returns an empty text at the end of the input and after Ctrl-C */
export async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<string>((resolve) => {
    lines.once("close", () => {
      resolve("");
    });
  });
  const answer = await Promise.race([lines.question(question), closed]);
  lines.close();
  return answer;
}

/** Asks in the terminal for something that isn't shown. @returns an empty text at the end of the input and after Ctrl-C */
export async function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  // Not earlier: until then, the terminal itself shows what is typed.
  process.stdout.write(question);
  const closed = new Promise<string>((resolve) => {
    lines.once("close", () => {
      resolve("");
    });
  });
  const answer = await Promise.race([lines.question(""), closed]);
  lines.close();
  process.stdout.write("\n");
  return answer;
}
