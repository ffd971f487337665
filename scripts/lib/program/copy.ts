import { lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, normalize } from "node:path";
import { oneLine } from "../../../binance/text.ts";
import { UserError } from "../command/user-error.ts";
import { secretIn, type StackSecret } from "../stack/secrets.ts";

const mebibyte = 2 ** 20;
/** In bytes. A larger file gets a warning, because it may not belong to the program. */
const warningSize = 50 * mebibyte;
/** In bytes. A larger file is refused: it is data, not a program. */
const maximumSize = 1024 * mebibyte;

/**
 * Copies a program's files. Each file is read once, so what is checked is what is uploaded.
 *
 * @param files paths in `from`
 * @param to an empty folder
 * @param warn gets what a person should look at
 * @throws UserError if a file must not be uploaded
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
      if (pointsOutside(file, link)) {
        throw new UserError(
          `${shown} is a link to a place outside of the folder, which the server doesn't have. Replace it with a file, or let git ignore it.`,
        );
      }
      symlinkSync(link, target);
      continue;
    }
    if (!found.isFile()) {
      throw new UserError(
        `${shown} is neither a file nor a link, and can't be packed. Remove it, or let git ignore it.`,
      );
    }
    if (found.size > maximumSize) {
      throw new UserError(
        `${shown} is larger than ${maximumSize / mebibyte} MiB. Upload data separately, and let git ignore it.`,
      );
    }
    const content = readFileSync(source);
    const secret = secretIn(content, secrets);
    if (secret !== undefined) {
      throw new UserError(
        `${shown} contains ${secret}. Nothing was uploaded. Remove it from the file: the bot gets the key pair from the server, as the setting bot.key says.`,
      );
    }
    for (const message of warningsFor(file, found.size)) {
      warn(`${shown} ${message}`);
    }
    // Of the permissions, only the executable bit belongs to the program.
    writeFileSync(target, content, { mode: (found.mode & 0o100) === 0 ? 0o644 : 0o755 });
  }
}

function pointsOutside(file: string, link: string): boolean {
  const target = normalize(join(dirname(file), link));
  return isAbsolute(link) || target === ".." || target.startsWith("../");
}

function warningsFor(file: string, size: number): string[] {
  const name = basename(file);
  const mayHoldSecrets = /^\.env(\.|$)/.test(name) && !/\.(example|sample|template)$/.test(name);
  return [
    ...(mayHoldSecrets
      ? ["is uploaded too, and the server stores it in plain text. Keep secrets somewhere else."]
      : []),
    ...(size > warningSize ? [`is ${Math.round(size / mebibyte)} MiB large.`] : []),
  ];
}
