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
