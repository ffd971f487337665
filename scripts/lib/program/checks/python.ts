import { existsSync } from "node:fs";
import { isAbsolute, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { oneLine } from "../../../../binance/text.ts";
import { quoteForShell } from "../../../../checklist/shell.ts";
import type { DeployedBot } from "../../stack/deployed-bot.ts";
import type { NeededSettings, ProgramFinding } from "./finding.ts";
import { firstWheels, knownPackages, withoutWheels } from "./python-packages.ts";
import {
  isPath,
  namedPackage,
  readProjectDependencies,
  readRequirements,
  type RequirementLine,
} from "./requirement-lines.ts";
import { isOlderThan } from "./versions.ts";

/** What of requirements.txt, and of the files that it includes, doesn't work on the server. */
export function checkPython(program: string, bot: DeployedBot | undefined): ProgramFinding[] {
  const lines = readRequirements(program);
  const required = lines.flatMap(({ text }) => {
    const path = isPath(text) ? localPath(text) : undefined;
    return path === undefined || path.endsWith(".whl") ? [] : readProjectDependencies(program, path);
  });
  return [...lines, ...required].flatMap((line) =>
    line.includes === true
      ? checkFile(program, line, line.text)
      : [...checkSource(program, line), ...checkVersion(line), ...checkPackage(line, bot)],
  );
}

/** Where pip gets the package from. */
function checkSource(program: string, { place, text }: RequirementLine): ProgramFinding[] {
  const versionControl = /(?:^|@\s*)(git|hg|svn|bzr)\+/.exec(text)?.[1];
  if (versionControl !== undefined) {
    return [
      {
        severity: "error",
        message: `${place}: this requirement needs ${versionControl}, which the server doesn't have.`,
        remedy: `Build a wheel into the folder, with pip wheel --no-deps --wheel-dir wheels -- ${quoteForShell(oneLine(text, 1000))}, and name it instead: ./wheels/NAME.whl`,
      },
    ];
  }
  // A name can be in front of it: "signals @ file:///home/me/signals.whl".
  const from = text.replace(/^[^@;]*@\s*(?=file:)/, "");
  return isPath(from) ? checkFile(program, { place, text }, localPath(from)) : [];
}

/** Whether a file or folder that a line names is in the program. */
function checkFile(
  program: string,
  { place, text }: RequirementLine,
  path: string | undefined,
): ProgramFinding[] {
  if (path?.includes("://") === true) {
    return [];
  }
  if (path === undefined || isAbsolute(path) || normalize(path).startsWith("..")) {
    return [
      {
        severity: "error",
        message: `${place}: ${oneLine(text)} is outside of the program's folder, and isn't uploaded.`,
        remedy: "Copy it into the folder, and write its path from there, such as ./wheels/NAME.whl",
      },
    ];
  }
  // pip reads a path from the program's folder, also in a file that is included.
  return existsSync(join(program, path))
    ? []
    : [
        {
          severity: "error",
          message: `${place}: ${oneLine(text)} isn't among the files that are uploaded.`,
          remedy: "If git ignores it, remove it from .gitignore.",
        },
      ];
}

/** Without extras and marker. */
function localPath(text: string): string | undefined {
  const [path = ""] = text.split(/\[|\s*;|\s/);
  return path.startsWith("file://") ? pathOfUrl(path) : path.replace(/^file:/, "");
}

function pathOfUrl(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

/** Whether there is a wheel for the server's Python, of the version that is pinned. */
function checkVersion({ place, text }: RequirementLine): ProgramFinding[] {
  const { name = "", versions = [], conditional = false } = namedPackage(text) ?? {};
  const first = firstWheels[name];
  const tooOld = first === undefined ? undefined : versions.find((version) => isOlderThan(first, version));
  if (tooOld === undefined && !withoutWheels.has(name)) {
    return [];
  }
  const named = `${name}${tooOld ?? ""}`;
  const instead = tooOld === undefined ? withoutWheels.get(name) : `${first} or newer`;
  const alternative = instead === undefined ? "Put" : `Require ${instead}, or put`;
  return [
    {
      severity: conditional ? "warning" : "error",
      message: `${place}: ${named} has no wheel for the server's Python 3.13, and the server has no compiler.`,
      remedy: `${alternative} a wheel that you have built into the folder, and name it instead: ./wheels/NAME.whl`,
    },
  ];
}

function checkPackage(line: RequirementLine, bot: DeployedBot | undefined): ProgramFinding[] {
  const found = namedPackage(line.text) ?? packageOfWheel(line.text);
  if (found === undefined) {
    return [];
  }
  const names = [found.name, ...found.extras.map((extra) => `${found.name}[${extra}]`)];
  return names.flatMap((name) => {
    const known = knownPackages[name];
    const missing = known?.needs.filter(({ settings }) => !isSet(settings, bot)) ?? [];
    if (known === undefined || missing.length === 0) {
      return [];
    }
    const through = known.requires === undefined ? "" : `requires ${known.requires}, which `;
    const problems = missing.map(({ problem }) => problem).join(", and ");
    const certain = bot !== undefined && !found.conditional && known.uncertain !== true;
    return [
      {
        severity: certain ? "error" : "warning",
        message: `${line.place}: ${name} ${through}${problems}.`,
        settings: missing.reduce<NeededSettings>((all, { settings }) => ({ ...all, ...settings }), {}),
      },
    ];
  });
}

/** The package of a wheel in the program: "./wheels/numba-0.68.0-cp313-cp313-….whl". */
function packageOfWheel(text: string) {
  const name = /([^/]+?)-[^/]*\.whl\b/.exec(text)?.[1];
  return name === undefined ? undefined : namedPackage(name);
}

/** Whether the settings of the stack have what a package needs. With the profile jit, no environment is needed. */
function isSet(needed: NeededSettings, bot: DeployedBot | undefined): boolean {
  const hasPackages = (needed.packages ?? []).every((name) => bot?.packages.includes(name));
  const variables = Object.entries(needed.environment ?? {});
  const hasEnvironment = variables.every(([name, value]) => bot?.environment[name] === value);
  const hasProfile = bot?.profile === "jit" || (needed.profile === undefined && hasEnvironment);
  return hasPackages && hasProfile;
}
