/** A string, which is kept, or a comment, or a comma before a closing bracket. */
const pieces = /"(?:[^"\\]|\\[^])*"|\/\/[^\n]*|\/\*[^]*?\*\/|,(?=(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*[\]}])/g;

/** JSON without comments and trailing commas, which freqtrade accepts. */
export function withoutComments(text: string): string {
  return text.replaceAll(pieces, (piece) => (piece.startsWith('"') ? piece : ""));
}
