import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { list } from "tar";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";

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
export async function readArchive(file: string): Promise<Manifest> {
  let content = "";
  try {
    await list({
      file,
      strict: true,
      onReadEntry: (entry) => {
        if (entry.path === "manifest.json") {
          entry.on("data", (chunk) => {
            content += chunk.toString();
          });
        }
      },
    });
  } catch (error) {
    throw new UserError(`${file} isn't a complete archive: ${String(error)}`);
  }
  const result = manifest.safeParse(parseJson(content));
  if (!result.success) {
    throw new UserError(
      `${file} isn't a state that this version can restore: its manifest is missing or of another format.`,
    );
  }
  return result.data;
}
