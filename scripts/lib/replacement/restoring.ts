import { createReadStream, existsSync } from "node:fs";
import { UserError } from "../command/user-error.ts";
import { streamRemotely } from "../ssh/remote.ts";
import type { Server } from "../ssh/server.ts";
import { sha256Of } from "./archive.ts";
import type { SavedState } from "./journal.ts";
import { type Kind, texts } from "./kind.ts";

/** @throws UserError if the file is not the one that was saved */
export async function requireIntact({ file, sha256 }: SavedState, kind: Kind): Promise<void> {
  const giveUp = `give the ${texts[kind].name} up: npm run ${kind} -- --discard`;
  if (!existsSync(file)) {
    throw new UserError(`The saved state ${file} is missing. Restore that file, or ${giveUp}`);
  }
  if ((await sha256Of(file)) !== sha256) {
    throw new UserError(
      `The saved state ${file} was changed since it was saved. Restore the original file, or ${giveUp}`,
    );
  }
}

/**
 * Puts a saved state on the server. The server replaces a state only if its bot was held before it could write one.
 *
 * @throws UserError if it isn't restored. It can be done again
 */
export async function restoreState(server: Server, saved: SavedState, kind: Kind): Promise<void> {
  await requireIntact(saved, kind);
  const code = await streamRemotely(server, `sudo bot-state restore ${saved.sha256}`, {
    input: createReadStream(saved.file),
    mustFinish: true,
  });
  if (code !== 0) {
    throw new UserError(
      `The state was not restored yet. It is in ${saved.file}. To try again, run: npm run ${kind}`,
    );
  }
}
