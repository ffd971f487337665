/**
 * Quotes an argument for a POSIX shell. Also for every command in a message that contains a value from outside, such as a
 * host of a bot's configuration: people copy such lines, and they must do nothing but what they say.
 */
export function quoteForShell(arg: string): string {
  return /^[\w./:=@-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}
