import { StringDecoder } from "node:string_decoder";
import { printable } from "../../../binance/text.ts";

/** What may be the beginning of a line end or of a style, which the next chunk completes. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const unfinished = /(?:\r|\x1b(?:\[[\d;:]{0,32})?)$/;

/** Makes a stream of bytes from outside safe for a terminal, whatever the chunks are that it arrives in. */
export class PrintableText {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  /** @returns what can be shown of it now */
  write(chunk: Buffer): string {
    const text = this.#rest + this.#decoder.write(chunk);
    this.#rest = unfinished.exec(text)?.[0] ?? "";
    return printable(text.slice(0, text.length - this.#rest.length));
  }

  /** @returns what is left at the end of the stream */
  end(): string {
    return printable(this.#rest + this.#decoder.end());
  }
}

/** Puts a label in front of each line of a text that arrives in pieces, so that nobody takes it for ours. */
export class LabelledText {
  readonly #label: string;
  #isLineStart = true;

  constructor(label: string) {
    this.#label = label;
  }

  write(text: string): string {
    if (text === "") {
      return "";
    }
    const start = this.#isLineStart ? this.#label : "";
    this.#isLineStart = text.endsWith("\n");
    return start + text.replaceAll(/\n(?=[^])/g, `\n${this.#label}`);
  }

  /** @returns what ends the last line, so that ours doesn't continue it */
  end(): string {
    return this.#isLineStart ? "" : "\n";
  }
}
