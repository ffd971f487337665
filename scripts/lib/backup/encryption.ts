import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Decrypter, Encrypter } from "age-encryption";
import { UserError } from "../command/user-error.ts";

// Backups are files of age (https://age-encryption.org), so that they can be read without this program. Each part of such
// a file is authenticated: one that is cut off or changed is noticed.

/** How every file of age begins. */
export const ageHeader = "age-encryption.org/v1\n";

/** Encrypts a stream, and writes it to a new file that only this user can read. It is on the disk afterwards. */
export async function encryptTo(file: string, source: Readable, passphrase: string): Promise<void> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  const encrypted = await encrypter.encrypt(chunksOf(source));
  await pipeline(encrypted, createWriteStream(file, { flags: "wx", mode: 0o600, flush: true }));
}

/**
 * Decrypts a file.
 *
 * @throws UserError if the passphrase is wrong. The stream fails if the file isn't as it was written
 */
export async function decrypt(file: string, passphrase: string): Promise<Readable> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  let decrypted: ReadableStream<Uint8Array>;
  try {
    decrypted = await decrypter.decrypt(chunksOf(createReadStream(file)));
  } catch {
    throw new UserError(`${file} can't be decrypted: the passphrase is wrong, or the file was changed.`);
  }
  return Readable.from(decrypted);
}

/** As a stream of the web, which age's library takes. */
function chunksOf(source: Readable): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<unknown, undefined> = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await chunks.next();
      if (done === true) {
        controller.close();
      } else if (value instanceof Uint8Array) {
        controller.enqueue(value);
      }
    },
    cancel: () => {
      source.destroy();
    },
  });
}
