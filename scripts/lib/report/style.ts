import { styleText } from "node:util";

/** Colours a text for the place where it is shown. */
export type Style = (colour: "red" | "green" | "yellow" | "cyan", text: string) => string;

/** Colours for a terminal, none for a file or a pipe, or if NO_COLOR is set. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  return (colour, text) => styleText(colour, text, { stream });
}
