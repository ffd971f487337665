import { styleText } from "node:util";

/** Colours a text for the place where it is shown. */
export type Style = (colour: "red" | "green" | "yellow" | "cyan", text: string) => string;

/** Colours for a terminal, none for a file or a pipe, or if NO_COLOR is set. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  return (colour, text) => styleText(colour, text, { stream });
}

/** How wide the terminal is, if it shows no colours. */
export function columnsWithoutColours(stream: NodeJS.WriteStream): number | undefined {
  const isPlain = styleFor(stream)("cyan", "x") === "x";
  if (!stream.isTTY || !isPlain) {
    return undefined;
  }
  // 0: the terminal doesn't say.
  return stream.columns > 0 ? stream.columns : 80;
}
