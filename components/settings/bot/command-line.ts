/** A piece of an argument: quoted text, an escaped character, or characters that stand for themselves. */
const piece = /'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\[^])*)"|\\(?<escaped>[^])|(?<plain>[^\s'"\\]+)/y;

/**
 * Splits a command into arguments as a shell does: at white space, with quotes and backslashes (POSIX, "Quoting").
 * Nothing is expanded. The libraries for it drop empty arguments, remove `$NAME`, or accept a quote that isn't closed.
 *
 * @returns undefined if a quote isn't closed, or a backslash ends the text
 */
export function splitCommand(command: string): string[] | undefined {
  const args: string[] = [];
  let arg: string | undefined;
  for (let position = 0; position < command.length;) {
    if (/^\s/.test(command.charAt(position))) {
      if (arg !== undefined) {
        args.push(arg);
      }
      arg = undefined;
      position += 1;
      continue;
    }
    piece.lastIndex = position;
    const found = piece.exec(command);
    if (found === null) {
      return undefined;
    }
    const { single, double, escaped, plain } = found.groups ?? {};
    // An escaped line break continues the line.
    if (escaped !== "\n") {
      arg = (arg ?? "") + (single ?? unescape(double) ?? escaped ?? plain ?? "");
    }
    position = piece.lastIndex;
  }
  if (arg !== undefined) {
    args.push(arg);
  }
  return args;
}

/** Between double quotes, a backslash stands for itself unless one of these follows. */
function unescape(quoted: string | undefined): string | undefined {
  return quoted?.replaceAll(/\\([$`"\\\n])/g, (_, escaped: string) => (escaped === "\n" ? "" : escaped));
}
