import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { printable } from "../../../../binance/text.ts";
import { LabelledText, PrintableText } from "../../../../scripts/lib/process/printable.ts";
import { unprintable } from "../../../support/terminal.ts";

/** Text with what terminals obey in it, more often than by chance. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "\x1b[31m",
        "\x1b[2J",
        "\x1b]52;c;AAAA\x07",
        "\r\n",
        "\r",
        "\x9b1m",
        "é",
        "😀",
        "\u202e",
      ),
    ),
  )
  .map((parts) => parts.join(""));

/** The text in pieces, cut between any two bytes. */
function inChunks(bytes: Buffer, cuts: number[]): string {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const filter = new PrintableText();
  const starts = [0, ...ends];
  const chunks = starts.map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
  return chunks.map((chunk) => filter.write(chunk)).join("") + filter.end();
}

test("a stream is shown as the whole text would be, wherever it is cut", () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat()), (text, cuts) => {
      const bytes = Buffer.from(text);
      expect(inChunks(bytes, cuts)).toBe(printable(bytes.toString()));
    }),
  );
});

test("no bytes, however they are cut, become something that a terminal obeys", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat()), (bytes, cuts) => {
      expect(inChunks(Buffer.from(bytes), cuts)).not.toMatch(unprintable);
    }),
  );
});

test("each line has the label, whatever the pieces are in which the text arrives", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "\n", "b\nc", "")), (pieces) => {
      const labelled = new LabelledText("> ");
      const shown = pieces.map((piece) => labelled.write(piece)).join("") + labelled.end();
      const text = pieces.join("");
      const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
      expect(shown).toBe(lines.map((line) => `> ${line}\n`).join(""));
    }),
  );
});
