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
