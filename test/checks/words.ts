import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Word, words } from "./word-list.ts";

// Part of `npm run check`: finds words that a person has to read twice, in every file that a person reads.
// `node test/checks/words.ts docs README.md` looks only there.

const guide = "CONTRIBUTING.md";

/** Other people's texts, generated files, and those that must name the words. */
const excluded =
  /^(LICENSE|package-lock\.json|sandbox\/reference\/|test\/checks\/|test\/upgrade\/|CONTRIBUTING\.md)|\.(sum|gz|json)$|\/go\.mod$/;

const places = process.argv.slice(2);
const files = execFileSync(
  "git",
  ["ls-files", "-z", "--cached", "--others", "--exclude-standard", ...places],
  {
    encoding: "utf8",
  },
)
  .split("\0")
  .filter((file) => file !== "" && !excluded.test(file));

const patterns = words.map((word) => ({ ...word, pattern: acrossLines(word.pattern) }));
const findings = files.flatMap((file) => findIn(file, readFileSync(file, "utf8"), patterns));

const guideText = readFileSync(guide, "utf8").replaceAll(/ +/g, " ");
const unlisted = words
  .map(({ say, not }) => `| ${say} | ${not} |`)
  .filter((row) => !guideText.includes(row))
  .map((row) => `${guide}: the table of words must have the row ${row}`);

const output = [...findings, ...unlisted];
process.stdout.write(output.map((line) => `${line}\n`).join(""));
if (output.length > 0) {
  process.stderr.write(`${output.length} findings. ${guide} has the list of words.\n`);
  process.exitCode = 1;
}

/** A phrase may go on in the next line of a comment. */
function acrossLines({ source, flags }: RegExp): RegExp {
  return new RegExp(source.replaceAll(" ", String.raw`(?:\s+(?:(?:[#*]|//)\s+)?)`), `${flags}gm`);
}

function findIn(file: string, text: string, list: Word[]): string[] {
  const lines = text.split("\n");
  return list.flatMap(({ say, not, pattern }) =>
    [...text.matchAll(pattern)].map(({ index }) => {
      const number = text.slice(0, index).split("\n").length;
      return `${file}:${number}: not "${not}", but "${say}": ${(lines[number - 1] ?? "").trim().slice(0, 120)}`;
    }),
  );
}
