const indent = "    ";

/** Narrower rows can't be read. */
const fewestColumns = 20;

/**
 * Breaks the lines of a text as a terminal of this width would, and indents each row that continues a line: so only the
 * beginning of a line can be in the first column.
 */
export function toRows(text: string, columns: number): string {
  const limit = Math.max(columns, fewestColumns);
  return text
    .split("\n")
    .map((line) => breakLine(line, limit))
    .join("\n");
}

function breakLine(line: string, limit: number): string {
  let shown = "";
  let width = 0;
  for (const character of line) {
    const wide = widthOf(character);
    if (width + wide > limit) {
      shown += `\n${indent}`;
      width = indent.length;
    }
    shown += character;
    width += wide;
  }
  return shown;
}

/** At most: terminals don't agree about the width of all characters. */
function widthOf(character: string): number {
  if (character === "\t") {
    return 8;
  }
  return /[ -~]/.test(character) ? 1 : 2;
}
