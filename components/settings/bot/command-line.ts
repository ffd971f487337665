/** One piece of a word: quoted text, an escaped character, or characters that stand for themselves. */
const piece = /'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\[^])*)"|\\(?<escaped>[^])|(?<plain>[^\s'"\\]+)/y;

/**
 * Splits a command into words as a shell does: at white space, with quotes and backslashes (POSIX, "Quoting").
 * Nothing is expanded. The libraries for it drop empty words, take `$NAME` away or let an open quote pass.
 *
 * @returns undefined where a quote isn't closed, or a backslash ends the text
 */
export function splitCommand(command: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let position = 0; position < command.length;) {
    const space = /^\s/.test(command.charAt(position));
    if (space) {
      if (word !== undefined) {
        words.push(word);
      }
      word = undefined;
      position += 1;
      continue;
    }
    piece.lastIndex = position;
    const found = piece.exec(command);
    if (found === null) {
      return undefined;
    }
    const { single, double, escaped, plain } = found.groups ?? {};
    if (escaped !== "\n") {
      word = (word ?? "") + (single ?? unescape(double) ?? escaped ?? plain ?? "");
    }
    position = piece.lastIndex;
  }
  if (word !== undefined) {
    words.push(word);
  }
  return words;
}

/** Between double quotes a backslash is one of its own, except in front of these. */
function unescape(quoted: string | undefined): string | undefined {
  return quoted?.replaceAll(/\\([$`"\\\n])/g, (_, escaped: string) => (escaped === "\n" ? "" : escaped));
}
