import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import * as z from "zod";
import { splitCommand } from "../../../../components/settings/bot/command-line.ts";

test.each<[string, string[]]>([
  [
    "/usr/bin/python3 {program}/bot.py --pair BTCUSDC",
    ["/usr/bin/python3", "{program}/bot.py", "--pair", "BTCUSDC"],
  ],
  ["  /bin/a \t b\n", ["/bin/a", "b"]],
  [`/bin/a 'two words' "and \\"two\\" more"`, ["/bin/a", "two words", 'and "two" more']],
  [`/bin/a '' ""`, ["/bin/a", "", ""]],
  [`/bin/a --x='1 2'"3"4`, ["/bin/a", "--x=1 234"]],
  [`/bin/a 'back\\slash' "back\\slash"`, ["/bin/a", "back\\slash", "back\\slash"]],
  ["/bin/a one\\ word \\\nnext", ["/bin/a", "one word", "next"]],
  ['/bin/a "one \\\nword"', ["/bin/a", "one word"]],
  ["/bin/a $HOME *.py # no comment", ["/bin/a", "$HOME", "*.py", "#", "no", "comment"]],
  ["", []],
])("%j is split as a shell does, and nothing is expanded", (command, args) => {
  expect(splitCommand(command)).toEqual(args);
});

test.each([`/bin/a 'open`, `/bin/a "open`, `/bin/a "open\\"`, "/bin/a end\\"])(
  "%j has an open quote, or ends with a backslash",
  (command) => {
    expect(splitCommand(command)).toBeUndefined();
  },
);

/** How a person quotes an argument for a shell. */
const quotings = [
  (arg: string) => `'${arg.replaceAll("'", `'\\''`)}'`,
  (arg: string) => `"${arg.replaceAll(/[$`"\\]/g, "\\$&")}"`,
  (word: string) =>
    word === "" ? "''" : word.replaceAll("\n", "'\n'").replaceAll(/[^\w\n']|(?<!\n)'(?!\n)/g, "\\$&"),
];

test("arguments are the same again, however they are quoted", () => {
  const word = fc.stringMatching(/^[\w $"\\|&{}äé-]{0,12}$/u);
  const quoted = fc.tuple(word, fc.constantFrom(...quotings));
  fc.assert(
    fc.property(fc.array(quoted), fc.constantFrom(" ", "  ", "\n", "\t "), (args, space) => {
      const command = args.map(([text, quote]) => quote(text)).join(space);
      expect(splitCommand(command)).toEqual(args.map(([text]) => text));
    }),
  );
});

test("Python's shlex, another splitter by the same rules, agrees", () => {
  // Without $ and line ends, whose escapes shlex leaves alone but a shell removes the backslash.
  const commands = fc.sample(fc.stringMatching(/^[ab "'\\\t-]{0,16}$/), 3000);
  const script = `
import json, shlex, sys
def split(text):
    try:
        return shlex.split(text)
    except ValueError:
        return None
print(json.dumps([split(text) for text in json.load(sys.stdin)]))`;
  const printed = execFileSync("python3", ["-c", script], {
    input: JSON.stringify(commands),
    encoding: "utf8",
  });
  const expected = z.array(z.array(z.string()).nullable()).parse(JSON.parse(printed));
  expect(commands.map((command) => splitCommand(command) ?? null)).toEqual(expected);
});
