import { once } from "node:events";
import { existsSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How the names of our folders for temporary files of ssh begin. */
export const folderPrefix = "trading-bot-server-";

/** The agent's socket in such a folder. */
export const socketName = "agent";

/** What versions until 0.4.0 wrote there: the key itself. */
const keyFileName = "deploy-key";

/**
 * Removes what runs have left that were killed: sockets that nobody answers, and the key files of older versions. A run
 * that is still alive keeps its socket.
 */
export async function sweep(parents = temporaryFolders()): Promise<void> {
  for (const parent of parents) {
    for (const folder of ownFolders(parent)) {
      if (existsSync(join(folder, keyFileName)) || (await isDead(join(folder, socketName)))) {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
}

function temporaryFolders(): string[] {
  // Versions until 0.4.0 used this one if it was set.
  const { XDG_RUNTIME_DIR: runtime = "" } = process.env;
  return runtime === "" ? [tmpdir()] : [tmpdir(), runtime];
}

/** Our folders there. Another user's are left alone, whatever their names are. */
function ownFolders(parent: string): string[] {
  return list(parent)
    .filter((name) => name.startsWith(folderPrefix))
    .map((name) => join(parent, name))
    .filter((folder) => {
      const stats = lstatSync(folder, { throwIfNoEntry: false });
      return stats?.isDirectory() === true && stats.uid === process.getuid?.();
    });
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether the socket is there, and no process listens on it any more. */
async function isDead(socket: string): Promise<boolean> {
  const client = connect(socket);
  try {
    await once(client, "connect");
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
  } finally {
    client.destroy();
  }
}
