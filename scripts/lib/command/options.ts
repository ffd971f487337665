import type { ParseArgsOptionDescriptor } from "node:util";

/** An option as Node's parseArgs takes it, with its description in `--help`. */
export interface Option extends ParseArgsOptionDescriptor {
  help: string;
  /** The name of its value in `--help`, such as NAME; for options that take one. */
  value?: string;
}

export type Options = Record<string, Option>;

/** An option without a value. */
export function flag(help: string) {
  return { type: "boolean", default: false, help } as const;
}

/** The options that every command has. */
export const commonOptions = {
  stack: { type: "string", value: "NAME", help: "use this stack instead of the selected one" },
  help: { ...flag("show this help"), short: "h" },
} as const;
