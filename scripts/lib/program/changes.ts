import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** In bytes. Files that are smaller are always uploaded: a list of them would take as long. */
export const smallest = 16 * 1024;

/** Tar's unit: each header, and what each file is filled up to. */
const block = 512;

/** The content of a file in a tar. */
export interface Content {
  sha256: string;
  /** Where it begins, in bytes. */
  start: number;
  size: number;
}

/** What a tar contains of files that are not small. */
export async function contentsIn(tar: string): Promise<Content[]> {
  const found: Content[] = [];
  const file = await open(tar);
  try {
    for await (const { start, size } of regularFiles(file)) {
      if (size >= smallest) {
        const hash = createHash("sha256");
        await pipeline(createReadStream(tar, { start, end: start + size - 1 }), hash);
        found.push({ sha256: hash.digest("hex"), start, size });
      }
    }
  } finally {
    await file.close();
  }
  return found;
}

/** The files in a tar, from its headers. */
async function* regularFiles(file: FileHandle): AsyncGenerator<{ start: number; size: number }> {
  const header = Buffer.alloc(block);
  let start = block;
  while ((await file.read(header, 0, block, start - block)).bytesRead === block) {
    const size = Number.parseInt(header.toString("latin1", 124, 136), 8) || 0;
    if (header.toString("latin1", 156, 157) === "0") {
      yield { start, size };
    }
    start += Math.ceil(size / block) * block + block;
  }
}

/** Packs a tar as it is. */
export function packWhole(tar: string, to: string): Promise<void> {
  return pipeline(createReadStream(tar), createGzip(), createWriteStream(to));
}

/**
 * Packs a tar without the content of some files, which the server adds from its own ones. The server's
 * root_tools/changed_upload.py describes the form.
 *
 * @param reused in the order of the tar
 */
export function packChanges(tar: string, reused: readonly Content[], to: string): Promise<void> {
  return pipeline(Readable.from(partsOf(tar, reused)), createGzip(), createWriteStream(to));
}

async function* partsOf(tar: string, reused: readonly Content[]): AsyncGenerator<string | Buffer> {
  const { size: end } = await stat(tar);
  let position = 0;
  for (const { sha256, start, size } of reused) {
    yield* data(tar, position, start);
    yield `file ${sha256} ${size}\n`;
    position = start + size;
  }
  yield* data(tar, position, end);
  yield "end\n";
}

async function* data(tar: string, start: number, end: number): AsyncGenerator<string | Buffer> {
  if (end > start) {
    yield `data ${end - start}\n`;
    const chunks: AsyncIterable<Buffer> = createReadStream(tar, { start, end: end - 1 });
    yield* chunks;
  }
}
