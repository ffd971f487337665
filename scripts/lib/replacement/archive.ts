import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { list, type Parser } from "tar";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { detailOf, UserError } from "../command/user-error.ts";

/** The first entry of an archive. The tool bot-state on the server writes it, and knows more of it. */
const manifest = z.looseObject({ format: z.literal(1), saved: z.string() });

export type Manifest = z.output<typeof manifest>;

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/**
 * Reads an archive of bot-state from its beginning to its end.
 *
 * @throws UserError if it isn't complete
 */
export function readArchive(file: string): Promise<Manifest> {
  return readManifest(file, createReadStream(file));
}

/**
 * Reads an archive from a stream to its end.
 *
 * @param name for messages
 * @param hash gets all bytes
 */
export async function readManifest(name: string, archive: Readable, hash?: Hash): Promise<Manifest> {
  let content = "";
  const parser = list({
    strict: true,
    onReadEntry: (entry) => {
      if (entry.path === "manifest.json") {
        entry.on("data", (chunk) => {
          content += chunk.toString();
        });
      }
    },
  });
  const ended = new Promise((resolve, reject) => {
    parser.on("end", resolve).on("error", reject);
  });
  try {
    await Promise.all([ended, feed(archive, parser, hash)]);
  } catch (error) {
    throw new UserError(
      `${name} isn't a complete archive: ${detailOf(error)}. It was cut off or changed, or isn't a backup.`,
    );
  }
  const result = manifest.safeParse(parseJson(content));
  if (!result.success) {
    throw new UserError(
      `${name} isn't a state that this version can restore: its manifest is missing or of another format.`,
    );
  }
  return result.data;
}

async function feed(archive: AsyncIterable<Buffer>, parser: Parser, hash?: Hash): Promise<void> {
  for await (const chunk of archive) {
    hash?.update(chunk);
    parser.write(chunk);
  }
  parser.end();
}
