import { readFileSync } from "node:fs";
import { askHidden, canAsk } from "../command/ask.ts";
import type { Option } from "../command/options.ts";
import { detailOf, UserError } from "../command/user-error.ts";

/** As in age's own advice: enough to resist a computer that tries them all. */
export const shortestPassphrase = 12;

export const passphraseOption = {
  type: "string",
  value: "PATH",
  help: "read the passphrase from the first line of this file, or with - of standard input, instead of asking for it",
} as const satisfies Option;

/** The passphrase for a new backup: asked for twice, because a mistyped one makes it useless. */
export async function newPassphrase(file: string | undefined): Promise<string> {
  const passphrase = await passphraseFrom(
    file,
    `Passphrase for the file (at least ${shortestPassphrase} characters): `,
  );
  if (passphrase.length < shortestPassphrase) {
    throw new UserError(
      `The passphrase has fewer than ${shortestPassphrase} characters. Take a longer one, such as five random words. Nothing was written.`,
    );
  }
  if (file === undefined && (await askHidden("The same passphrase again: ")) !== passphrase) {
    throw new UserError("The two passphrases differ. Nothing was written.");
  }
  return passphrase;
}

/** The passphrase of a backup. */
export function knownPassphrase(file: string | undefined): Promise<string> {
  return passphraseFrom(file, "Passphrase of the file: ");
}

async function passphraseFrom(file: string | undefined, question: string): Promise<string> {
  if (file !== undefined) {
    return firstLine(file);
  }
  if (!canAsk()) {
    throw new UserError(
      "There is no terminal to ask for the passphrase in. Name a file that has it: --passphrase-file PATH",
    );
  }
  const passphrase = await askHidden(question);
  if (passphrase === "") {
    throw new UserError("No passphrase was entered. Nothing was changed.");
  }
  return passphrase;
}

function firstLine(file: string): string {
  let content: string;
  try {
    content = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new UserError(`The file with the passphrase can't be read: ${detailOf(error)}`);
  }
  const [line = ""] = content.split(/\r?\n/, 1);
  if (line === "") {
    throw new UserError("The first line of the file with the passphrase is empty.");
  }
  return line;
}
