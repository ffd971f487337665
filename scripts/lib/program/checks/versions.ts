/** Whether a requirement such as "==1.26.4", "<2" or "~=1.26.0" allows only versions that are older than the first one. */
export function isOlderThan(first: string, requirement: string): boolean {
  const [, operator = "", version = ""] = /^([<>=!~]+)(.*)$/.exec(requirement) ?? [];
  switch (operator) {
    case "==":
    case "===":
      return version.endsWith(".*")
        ? compare(next(numbersOf(version.slice(0, -2))), numbersOf(first)) <= 0
        : compare(numbersOf(version), numbersOf(first)) < 0;
    case "<=":
      return compare(numbersOf(version), numbersOf(first)) < 0;
    case "<":
      return compare(numbersOf(version), numbersOf(first)) <= 0;
    case "~=":
      return compare(next(numbersOf(version).slice(0, -1)), numbersOf(first)) <= 0;
    default:
      return false;
  }
}

/** Without the end of a pre-release, such as rc1. */
function numbersOf(version: string): number[] {
  return version.split(".").map((part) => Number.parseInt(part, 10) || 0);
}

/** The first version behind all that start with these numbers. */
function next(numbers: number[]): number[] {
  return numbers.map((number, index) => (index === numbers.length - 1 ? number + 1 : number));
}

/** 2.1 and 2.1.0 are the same version. */
function compare(one: number[], other: number[]): number {
  const index = [...one, ...other].findIndex((_, at) => (one[at] ?? 0) !== (other[at] ?? 0));
  return index < 0 ? 0 : (one[index] ?? 0) - (other[index] ?? 0);
}
