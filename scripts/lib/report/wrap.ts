/** No line is longer, so that it fits into a terminal. */
export const lineWidth = 80;

/**
 * Breaks a text into lines at its spaces. A longer word stays whole, so that a command can be copied.
 *
 * @param indent spaces in front of each line
 */
export function wrap(text: string, indent = 0): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && longer.length > lineWidth - indent) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((one) => " ".repeat(indent) + one);
}
