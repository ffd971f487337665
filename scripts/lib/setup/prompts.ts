import { password, select, text } from "@clack/prompts";
import { canAsk } from "../command/ask.ts";
import { UserError } from "../command/user-error.ts";
import { Interrupted } from "../process/uninterrupted.ts";

// The questions of `npm run setup`, each with the option that answers it where there is no terminal.

/** What ends `npm run setup` before everything is there: it is the one thing that is missing, and what to do about it. */
export class StillMissing extends UserError {}

/** How to go on after Ctrl-C. */
export const toGoOn =
  "Nothing is lost: what you have answered is in the stack's settings. To go on: npm run setup";

interface Question {
  message: string;
  /** What answers it on the command line: "--admin-cidrs RANGES". */
  option: string;
}

interface TextQuestion extends Question {
  /** What is there to be changed or accepted. */
  suggestion?: string | undefined;
  /** @returns what is wrong with an answer; undefined if nothing is */
  problemOf: (answer: string) => string | undefined;
}

interface Choice<T extends string> {
  value: T;
  label: string;
  hint?: string;
}

/** Asks for a text. */
export function askText({ message, option, suggestion, problemOf }: TextQuestion): Promise<string> {
  requireTerminal(option);
  return answered(
    text({
      message,
      withGuide: false,
      ...(suggestion !== undefined && { initialValue: suggestion }),
      validate: (answer) => problemOf(answer ?? ""),
    }),
  );
}

/** Asks for a secret: the terminal shows a dot for each character. */
export async function askSecret({ message, option, problemOf }: TextQuestion): Promise<string> {
  requireTerminal(option);
  const validate = (answer = ""): string | undefined => problemOf(answer.trim());
  return (await answered(password({ message, withGuide: false, clearOnError: true, validate }))).trim();
}

/** Lets a person choose. The first choice is the default. */
export async function askChoice<T extends string>(
  { message, option }: Question,
  choices: readonly Choice<T>[],
): Promise<T> {
  requireTerminal(option);
  const options: Choice<string>[] = [...choices];
  const answer = await answered(select<string>({ message, withGuide: false, options }));
  const chosen = choices.find(({ value }) => value === answer);
  if (chosen === undefined) {
    throw new Error("a choice that wasn't offered");
  }
  return chosen.value;
}

function requireTerminal(option: string): void {
  if (!canAsk()) {
    throw new UserError(`There is no terminal to ask in. Answer on the command line: ${option}`);
  }
  // The terminal doesn't say how large it is. The library would write each character on its own line, and then nothing.
  process.stdout.columns ||= 80;
  process.stdout.rows ||= 24;
}

/** @throws Interrupted after Ctrl-C, for which the library gives its only symbol */
async function answered(prompt: Promise<string | symbol>): Promise<string> {
  const answer = await prompt;
  if (typeof answer === "symbol") {
    throw new Interrupted("SIGINT", toGoOn);
  }
  return answer;
}
