import { lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, normalize } from "node:path";
import { oneLine } from "../../../binance/errors.ts";
import { UserError } from "../command/user-error.ts";
import { secretIn, type StackSecret } from "../stack/secrets.ts";

const mebibyte = 2 ** 20;
/** In bytes. A larger file is worth a word: it travels at each installation. */
const notable = 50 * mebibyte;
/** In bytes. No program has a larger file; data has. */
const largest = 1024 * mebibyte;

/**
 * Copies a program's files, so that what is looked at here is what travels.
 *
 * @param files paths in `from`
 * @param to an empty folder
 * @param warn gets what a person should look at
 * @throws UserError where a file must not travel
 */
export function copyProgram(
  from: string,
  files: string[],
  to: string,
  secrets: StackSecret[],
  warn: (message: string) => void,
): void {
  for (const file of files) {
    const source = join(from, file);
    const target = join(to, file);
    const shown = oneLine(file);
    const found = lstatSync(source);
    mkdirSync(dirname(target), { recursive: true });
    if (found.isSymbolicLink()) {
      const link = readlinkSync(source);
      if (leadsOut(file, link)) {
        throw new UserError(`${shown} is a link that leads out of the folder; the server has no such place.`);
      }
      symlinkSync(link, target);
      continue;
    }
    if (!found.isFile()) {
      throw new UserError(`${shown} is neither a file nor a link, and can't be packed.`);
    }
    if (found.size > largest) {
      throw new UserError(`${shown} has more than ${largest / mebibyte} MiB: that is data and no program.`);
    }
    const content = readFileSync(source);
    const secret = secretIn(content, secrets);
    if (secret !== undefined) {
      throw new UserError(
        `${shown} holds ${secret}, and nothing was sent. Take it out: the bot gets the key pair from the server, as the setting bot.key says.`,
      );
    }
    for (const message of doubts(file, found.size)) {
      warn(`${shown} ${message}`);
    }
    // Only whether it can be executed is the program's; the rest is how this computer is set up.
    writeFileSync(target, content, { mode: (found.mode & 0o100) === 0 ? 0o644 : 0o755 });
  }
}

/** Whether a link in a program's folder leads out of it. */
export function leadsOut(file: string, link: string): boolean {
  const reached = normalize(join(dirname(file), link));
  return isAbsolute(link) || reached === ".." || reached.startsWith("../..");
}

function doubts(file: string, size: number): string[] {
  const name = basename(file);
  const mayHoldSecrets = /^\.env(\.|$)/.test(name) && !/\.(example|sample|template)$/.test(name);
  return [
    ...(mayHoldSecrets
      ? ["travels along and rests on the server in plain text: put what is secret elsewhere."]
      : []),
    ...(size > notable ? [`has ${Math.round(size / mebibyte)} MiB.`] : []),
  ];
}
