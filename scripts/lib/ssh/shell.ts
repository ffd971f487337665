/** An argument as the server's shell reads it back: ssh sends a command as one line for that shell. */
export function quoteForShell(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}
