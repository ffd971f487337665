import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const root = join(import.meta.dirname, "../..");
const manifest = z.object({ scripts: z.record(z.string(), z.string()) });

/** The page with every command of scripts/: docs/commands.md. */
export const commandsPage = join(root, "docs/commands.md");

/** The commands that package.json has for a person, by name: `npm run NAME` runs scripts/NAME.ts. */
export function commandNames(): string[] {
  const { scripts } = manifest.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  return Object.entries(scripts)
    .filter(([, command]) => /^node .*\bscripts\//.test(command))
    .map(([name]) => name);
}

/** What docs/commands.md must be: an index, and each command's own `--help`. */
export function commandsDocs(): string {
  const commands = commandNames().map((name) => {
    const file = join(root, "scripts", `${name}.ts`);
    return { name, help: execFileSync(process.execPath, [file, "--help"], { encoding: "utf8" }) };
  });
  return [
    "# Commands",
    "",
    "<!-- This page is written from the commands' --help by: node test/checks/commands-docs.ts -->",
    "",
    "What you can run in the project's folder, besides `pulumi`. Each text is what the command itself shows with `--help`.",
    "Write `--` after the name, or npm takes the options for its own: `npm run logs -- --lines 200`.",
    "",
    ...table(commands.map(({ name, help }) => [`[\`npm run ${name}\`](#npm-run-${name})`, summaryOf(help)])),
    ...commands.flatMap(({ name, help }) => ["", `## npm run ${name}`, "", "```", help.trimEnd(), "```"]),
    "",
  ].join("\n");
}

/** The first paragraph after the usage. */
function summaryOf(help: string): string {
  return (help.split("\n\n")[1] ?? "").replaceAll("\n", " ");
}

function table(rows: [string, string][]): string[] {
  const all: [string, string][] = [["command", "what it does"], ...rows];
  const widths = [0, 1].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: [string, string]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [header, ...body] = all.map(line);
  return [header ?? "", `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body];
}
