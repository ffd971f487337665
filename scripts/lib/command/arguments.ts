import { parseArgs, type ParseArgsConfig } from "node:util";
import { UserError } from "./user-error.ts";

/**
 * Reads a script's command line.
 *
 * @param help shown after what is wrong
 * @throws UserError for an option that the script doesn't know, or one without its value
 */
export function readArguments<const T extends ParseArgsConfig>(
  config: T,
  help: string,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

/**
 * Takes apart a command line that ends with somebody else's: from the first word on that is no option, all is theirs.
 *
 * @param valued the options that a value follows
 */
export function splitAtCommand(words: string[], valued = ["--stack"]): { own: string[]; command: string[] } {
  let length = 0;
  while (words[length]?.startsWith("-") === true && words[length] !== "--") {
    length += valued.includes(words[length] ?? "") ? 2 : 1;
  }
  const command = words.slice(length);
  return { own: words.slice(0, length), command: command[0] === "--" ? command.slice(1) : command };
}
