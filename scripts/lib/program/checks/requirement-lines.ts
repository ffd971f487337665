import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, normalize } from "node:path";

/** A line of a requirements file that names something to install. */
export interface RequirementLine {
  /** For messages: "requirements.txt, line 3". */
  place: string;
  /** Without comment, hashes and -e. */
  text: string;
  /** Whether the line includes a requirements file or constraints, whose path the text is. */
  includes?: true;
}

/** A package by its name. */
export interface NamedPackage {
  /** In its normalized form (PEP 503). */
  name: string;
  /** Normalized like the name. */
  extras: string[];
  /** Which versions are allowed: "==1.26.4" or "<2", ">=1". */
  versions: string[];
  /** Whether a marker decides if it is installed. */
  conditional: boolean;
}

/**
 * Reads the lines of requirements.txt and of the files that it includes, and the lines that include them. Constraints
 * install nothing.
 */
export function readRequirements(
  program: string,
  file = "requirements.txt",
  seen: string[] = [],
): RequirementLine[] {
  const path = join(program, file);
  if (seen.includes(file) || !existsSync(path)) {
    return [];
  }
  return logicalLines(readFileSync(path, "utf8")).flatMap(({ number, text }) => {
    const [, option, included] = /^(-r|-c|--requirement|--constraint)[ =]*(\S+)/.exec(text) ?? [];
    const place = `${file}, line ${number}`;
    if (option !== undefined && included !== undefined) {
      const path =
        included.includes("://") || isAbsolute(included)
          ? included
          : normalize(join(dirname(file), included));
      const isConstraint = ["-c", "--constraint"].includes(option);
      return [
        { place, text: path, includes: true },
        ...(isConstraint ? [] : readRequirements(program, path, [...seen, file])),
      ];
    }
    const requirement = text.replace(/^(?:-e|--editable)[ =]*/, "").replace(/\s--?[a-z].*/, "");
    return requirement === "" || requirement.startsWith("-") ? [] : [{ place, text: requirement }];
  });
}

/** As pip reads them: a backslash continues a line, and # starts a comment at the start of a line or after a space. */
function logicalLines(content: string): { number: number; text: string }[] {
  const lines: { number: number; text: string }[] = [];
  let started: { number: number; text: string } | undefined;
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    const current = started ?? { number: index + 1, text: "" };
    const continues = line.endsWith("\\");
    current.text += continues ? line.slice(0, -1) : line;
    started = continues ? current : undefined;
    if (!continues) {
      lines.push({ number: current.number, text: current.text.replace(/(^|\s)#.*$/, "").trim() });
    }
  }
  return lines;
}

/** @returns undefined for an address or a path */
export function namedPackage(text: string): NamedPackage | undefined {
  const found =
    /^(?<name>[a-z0-9](?:[\w.-]*[a-z0-9])?)\s*(?:\[(?<extras>[^\]]*)\])?\s*(?<rest>$|[<>=!~;@(].*)/i.exec(
      text,
    )?.groups;
  if (found?.name === undefined || isPath(text)) {
    return undefined;
  }
  const rest = found.rest ?? "";
  return {
    name: normalized(found.name),
    extras: (found.extras ?? "").split(",").map((extra) => normalized(extra.trim())),
    versions: versionsIn(rest),
    conditional: rest.includes(";"),
  };
}

/** @param rest what follows a name, such as " >= 1, <2 ; python_version > '3'" */
function versionsIn(rest: string): string[] {
  return [...(rest.split(/[;@]/)[0] ?? "").matchAll(/[<>=!~]+\s*[^\s,()]+/g)].map(([text]) =>
    text.replaceAll(/\s/g, ""),
  );
}

function normalized(name: string): string {
  return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}

/** Whether pip looks for it in a folder, and not in its index. */
export function isPath(text: string): boolean {
  return (
    /^(\.|\/|file:)/.test(text) || (!text.includes("://") && /^[^\s;[]+(\.whl|\.tar\.gz|\.zip|\/)/.test(text))
  );
}

/** The list under [project]: strings, with comments between them. */
const projectDependencies = /^dependencies\s*=\s*\[((?:\s|,|#[^\n]*|"[^"]*"|'[^']*')*)\]/m;

/** What a folder of the program requires, as its pyproject.toml lists it. */
export function readProjectDependencies(program: string, folder: string): RequirementLine[] {
  const file = normalize(join(folder, "pyproject.toml"));
  const path = join(program, file);
  const list = existsSync(path) ? projectDependencies.exec(readFileSync(path, "utf8"))?.[1] : undefined;
  const texts = [...(list ?? "").matchAll(/#[^\n]*|"([^"]*)"|'([^']*)'/g)];
  return texts.flatMap(([, double, single]) => {
    const text = double ?? single;
    return text === undefined ? [] : [{ place: file, text }];
  });
}
