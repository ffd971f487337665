import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";

/** A value that Pulumi has encrypted, as the stack's file has it. */
const encryptedValue = z.strictObject({ secure: z.string() });

/** Pulumi adds the project's name to names that have none. */
const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()) });

/**
 * Which parts of `bot` the stack's file stores encrypted. Pulumi passes to the program only whether any part is.
 *
 * @returns undefined if the file can't be read, or has no `bot`
 */
export async function readEncryptedParts(
  folder: string,
  stack: string,
  project: string,
): Promise<string[] | undefined> {
  // Pulumi names the file so, also for a stack's name with slashes.
  const path = join(folder, `Pulumi.${stack.replaceAll("/", "-")}.yaml`);
  const text = await readFile(path, "utf8").catch(() => "");
  return encryptedParts(text, project);
}

/** @param text the stack's file */
export function encryptedParts(text: string, project: string): string[] | undefined {
  const config = stackFile.safeParse(parseYaml(text)).data?.config;
  const bot = config?.[`${project}:bot`] ?? config?.bot;
  return bot === undefined ? undefined : pathsIn(bot, []);
}

function pathsIn(value: unknown, path: string[]): string[] {
  if (encryptedValue.safeParse(value).success) {
    return [path.join(".")];
  }
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => pathsIn(inner, [...path, name]))
    : [];
}

/** The parser's own errors quote the text. */
function parseYaml(text: string): unknown {
  try {
    return parse(text, { logLevel: "silent" });
  } catch {
    return undefined;
  }
}
