/** A remote command that runs the script as root with these arguments, the first of which is its name. */
export function asRoot(script: string, words: [string, ...string[]]): string {
  return ["sudo", "sh", "-c", script, ...words].map(quote).join(" ");
}

/** Quotes a word for a POSIX shell. */
export function quote(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
