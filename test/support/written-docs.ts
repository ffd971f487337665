import { readFile } from "node:fs/promises";
import * as prettier from "prettier";

/** A page of which a part is generated. @returns its path, and its content as it must be */
export async function rewrite(path: string, change: (text: string) => string): Promise<[string, string]> {
  const changed = change(await readFile(path, "utf8"));
  return [path, await prettier.format(changed, { ...(await prettier.resolveConfig(path)), filepath: path })];
}

const end = "<!-- The end of the table. -->";

/** Puts a table between two lines of a page, of which the first names the command that writes it. */
export function betweenMarkers(text: string, start: string, content: string): string {
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`The file needs these two lines, between which the table is written:\n${start}\n${end}`);
  }
  return `${before}${start}\n\n${content}\n\n${end}${after}`;
}
