import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../../../binance/json.ts";
import { withoutComments } from "./json-comments.ts";

// freqtrade reads more than one file as one configuration. Objects are merged part by part. Of the files of its command line,
// and of those in one add_config_files, a later one takes precedence; a file takes precedence over those that it adds.

const values = z.record(z.string(), z.unknown());
type Values = z.output<typeof values>;
const added = z.object({ add_config_files: z.array(z.string()) });

/** freqtrade refuses configurations that add each other. */
const deepest = 5;

/** What a file of the program sets. */
interface Layer {
  file: string;
  set: Values;
}

/** The configuration of a bot, and where its parts are from. */
export interface FreqtradeConfiguration {
  /** All files as one. Empty if none can be read. */
  merged: Values;
  /** The file that decides about a part, such as "telegram". */
  fileOf: (part: string) => string | undefined;
  /** Files that a configuration adds and that the program doesn't have, with the file that adds them. */
  missing: { file: string; name: string }[];
}

/** Reads what freqtrade would read of a program's files. */
export function readConfiguration(program: string, command: readonly string[]): FreqtradeConfiguration {
  const missing: FreqtradeConfiguration["missing"] = [];
  const layers = configurationFiles(command).flatMap((file) => layersOf(program, file, missing));
  return {
    merged: layers.reduce<Values>((all, { set }) => merge(all, set), {}),
    fileOf: (part) => layers.findLast(({ set }) => isSet(set[part]))?.file,
    missing,
  };
}

/** The files in the program that `--config` names. */
function configurationFiles(command: readonly string[]): string[] {
  const prefix = "{program}/";
  return command.flatMap((argument, index) => {
    const [, joined] = /^--config=(.*)$/.exec(argument) ?? [];
    const path = joined ?? (["--config", "-c"].includes(command[index - 1] ?? "") ? argument : "");
    return path.startsWith(prefix) ? [path.slice(prefix.length)] : [];
  });
}

/** A file and those that it adds, the one that takes precedence last. */
function layersOf(
  program: string,
  file: string,
  missing: FreqtradeConfiguration["missing"],
  depth = 0,
): Layer[] {
  const path = join(program, file);
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const { data: set } = values.safeParse(parseJson(withoutComments(text)));
  if (set === undefined || depth > deepest) {
    return [];
  }
  const names = added.safeParse(set).data?.add_config_files ?? [];
  const more = names.flatMap((name) => {
    const other = join(file, "..", name);
    if (isAbsolute(name) || other.startsWith("..") || !existsSync(join(program, other))) {
      missing.push({ file, name });
      return [];
    }
    return layersOf(program, other, missing, depth + 1);
  });
  return [...more, { file, set }];
}

/** The second one takes precedence. Its null doesn't count, and a list takes the place of another one. */
function merge(first: Values, second: Values): Values {
  const result = { ...first };
  for (const [name, value] of Object.entries(second).filter(([, one]) => isSet(one))) {
    const [below, above] = [values.safeParse(result[name]).data ?? {}, values.safeParse(value).data];
    result[name] = above === undefined ? value : merge(below, above);
  }
  return result;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
