import type { Style } from "../../scripts/lib/report/style.ts";

/** No colours. */
export const plain: Style = (_, text) => text;

/** Shows colours as text: "red(fail)". */
export const inBrackets: Style = (colour, text) => `${colour}(${text})`;
