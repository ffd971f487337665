import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { commandNames } from "../support/commands-docs.ts";

// People copy the commands that messages and pages name. Each must exist, with its options and arguments.

const root = join(import.meta.dirname, "../..");
const places = ["scripts", "components", "checklist", "hetzner", "binance", "server", "docs", "README.md"];
/** They pass on what follows, to another program. */
const passingOn = ["ssh", "bot"];

interface NamedCommand {
  file: string;
  name: string;
  /** What follows "--", up to the end of the command in its text. */
  args: string[];
}

function namedCommands(): NamedCommand[] {
  const files = execFileSync("git", ["-C", root, "ls-files", "--", ...places], { encoding: "utf8" });
  return files
    .split("\n")
    .filter((file) => /\.(ts|md|py)$/.test(file) && file !== "docs/commands.md")
    .flatMap((file) => {
      const text = readFileSync(join(root, file), "utf8");
      return [...text.matchAll(/npm run ([a-z][\w-]*)(?: -- ([^`\n"';|>,)]*))?/g)].map(
        ([, name = "", args = ""]) => ({ file, name, args: args.split(" ").filter(Boolean) }),
      );
    })
    .filter(({ name }) => commandNames().includes(name));
}

/** The help of each command, as docs/commands.md has it. */
const helps = new Map(
  readFileSync(join(root, "docs/commands.md"), "utf8")
    .split(/^## npm run /m)
    .slice(1)
    .map((section) => [/^\S+/.exec(section)?.[0] ?? "", section]),
);

function problemOf({ name, args }: NamedCommand): string | undefined {
  const help = helps.get(name) ?? "";
  const unknown = args
    .flatMap((arg) => /^--[a-z][a-z-]*/.exec(arg) ?? [])
    .find((option) => !new RegExp(String.raw`^ .*${option}\b`, "m").test(help));
  if (unknown !== undefined) {
    return `has no option ${unknown}`;
  }
  const takesArguments = /npm run \S+ -- \[OPTION …\] [A-Z]{2,}/.test(help);
  const [first] = args;
  return first !== undefined && /^[A-Z]{2,}$/.test(first) && !takesArguments
    ? `takes no ${first}`
    : undefined;
}

test("each command that a message or a page names has these options and arguments", () => {
  const named = namedCommands().filter(({ name }) => !passingOn.includes(name));
  expect(named.length).toBeGreaterThan(200);
  const wrong = named.flatMap((command) => {
    const problem = problemOf(command);
    return problem === undefined ? [] : [`${command.file}: npm run ${command.name} ${problem}`];
  });
  expect(wrong).toEqual([]);
});

test("a wrong one is found", () => {
  expect(problemOf({ file: "", name: "recovery-kit", args: ["FILE"] })).toBe("takes no FILE");
  expect(problemOf({ file: "", name: "logs", args: ["--forever"] })).toBe("has no option --forever");
  expect(problemOf({ file: "", name: "install-bot", args: ["FOLDER"] })).toBeUndefined();
});
