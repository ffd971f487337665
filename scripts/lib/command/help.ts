import { wrap } from "../report/wrap.ts";
import { commonOptions, type Option, type Options } from "./options.ts";

/** What `--help` says about a command. */
export interface CommandDescription<O extends Options = Options> {
  /** As in `npm run NAME`. */
  name: string;
  /** What may follow the name, one entry for each form: "[OPTION …] FOLDER". */
  usage: string[];
  /** What it does, in paragraphs. The first one is its summary in docs/commands.md. */
  description: string[];
  options: O;
  /** What each exit code means. */
  exitCodes: Record<number, string>;
}

/** The text of `--help`: the same layout for every command. */
export function helpText({ name, usage, description, options, exitCodes }: CommandDescription): string {
  const forms = usage.map((form) => `npm run ${name} -- ${form}`);
  const optionRows = Object.entries<Option>({ ...options, ...commonOptions }).map(
    ([option, { short, value, help, default: preset }]): [string, string] => [
      `${short === undefined ? "" : `-${short}, `}--${option}${value === undefined ? "" : ` ${value}`}`,
      typeof preset === "string" ? `${help} (default: ${preset})` : help,
    ],
  );
  const paragraphs = [
    forms.map((form, index) => `${index === 0 ? "Usage: " : "       "}${form}`),
    ...description.map((paragraph) => wrap(paragraph)),
    ["Options:", ...columns(optionRows)],
    ["Exit codes:", ...columns(Object.entries(exitCodes))],
  ];
  return `${paragraphs.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Rows of a name and its description, which is wrapped within its column. */
function columns(rows: [string, string][]): string[] {
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const indent = nameWidth + 4;
  return rows.flatMap(([name, text]) => {
    const [first = "", ...rest] = wrap(text, indent);
    return [`  ${name.padEnd(nameWidth)}  ${first.trimStart()}`, ...rest];
  });
}
