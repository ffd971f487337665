import { requireBackupTool } from "./lib/backup/making.ts";
import { passphraseOption } from "./lib/backup/passphrase.ts";
import { opened, readSource, type Source } from "./lib/backup/source.ts";
import { ageText, listStored, snapshotId, type StoredBackup } from "./lib/backup/stored.ts";
import { confirm } from "./lib/command/ask.ts";
import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError, UserError } from "./lib/command/user-error.ts";
import { surviveClosedOutput } from "./lib/process/uninterrupted.ts";
import { labels } from "./lib/ssh/bot-control.ts";
import { streamRemotely } from "./lib/ssh/remote.ts";
import type { Server } from "./lib/ssh/server.ts";
import { readServer } from "./lib/stack/outputs.ts";

await runCommand({
  name: "restore",
  usage: ["[OPTION …] FILE", "[OPTION …] FOLDER", "[OPTION …] --stored [ID]", "[OPTION …] --undo"],
  description: [
    "Restores a backup of the bot's state and program to the server, which may be a new one.",
    "With --stored, it is the last backup in the storage of the setting backup:repository, or the one with this ID, which the server fetches itself. `npm run backup -- --list` lists them.",
    "FILE is a backup that `npm run backup` has written, or a state that `npm run replace` has saved. All of it is checked before anything is changed. The bot is stopped, its state and program are replaced, and it is started again. A bot that you have stopped stays stopped. The replaced state is kept on the server for 30 days, and --undo restores that.",
    "FOLDER is how a bot moves in that has been running elsewhere: what is in the folder becomes the bot's state, such as its database with its open trades. End that bot first, so that no two bots trade with one account. The program stays.",
  ],
  takes: "arguments",
  options: {
    stored: flag("restore a backup that is stored off the server: the last one, or the one with this ID"),
    undo: flag("restore the state that was replaced last; the program stays"),
    "passphrase-file": passphraseOption,
    yes: flag("don't ask"),
  },
  exitCodes: {
    0: "the state is restored, and the bot runs unless there is a reason that is shown",
    1: "you didn't answer yes; or the server could not restore it, or the bot doesn't run with it, as shown",
    2: "the command line is wrong, or the file can't be restored; nothing was changed",
    255: "the connection broke; run this again",
  },
  run: async ({ stored, undo, "passphrase-file": passphraseFile, yes, stack }, args) => {
    const [path] = args;
    const needsPath = !undo && !stored;
    if ((undo && (stored || path !== undefined)) || (needsPath && path === undefined) || args.length > 1) {
      throw new UsageError(
        "Name exactly one file or folder, such as: npm run restore -- ../bot.backup. Or use --stored, or --undo.",
      );
    }
    const id = snapshotId(stored ? path : undefined);
    const server = await readServer(stack);
    await requireBackupTool(server);
    const source = !needsPath || path === undefined ? undefined : await readSource(path, passphraseFile);
    const backup = stored ? await findStored(server, id) : undefined;
    process.stdout.write(`${preview(backup ? descriptionOf(backup) : source, server.host)}\n`);
    if (!(await confirm({ text: "Restore it? Type yes: ", answer: "yes", yes }))) {
      process.stdout.write("Nothing was changed.\n");
      return 1;
    }
    surviveClosedOutput();
    return source === undefined
      ? streamRemotely(server, backup ? `sudo stored-backup restore ${backup.id}` : "sudo bot-backup undo", {
          labels,
          mustFinish: true,
        })
      : streamRemotely(server, `sudo bot-backup ${source.command} ${source.sha256}`, {
          input: await opened(source),
          labels,
          mustFinish: true,
        });
  },
});

async function findStored(server: Server, id: string | undefined): Promise<StoredBackup> {
  const found = await listStored(server);
  const backup = id === undefined ? found[0] : found.find((one) => one.id.startsWith(id));
  if (backup === undefined) {
    throw new UserError(
      id === undefined
        ? "No backup is stored yet."
        : `No stored backup has the id ${id}. To list them: npm run backup -- --list`,
    );
  }
  return backup;
}

/** What is known of a stored backup before it is fetched. */
function descriptionOf({ id, time }: StoredBackup): Pick<Source, "command" | "description"> {
  const age = ageText(Date.now() - time.getTime());
  return {
    command: "restore",
    description: `the stored backup ${id.slice(0, 8)}, which was made at ${time.toISOString()}, ${age} ago`,
  };
}

function preview(source: Pick<Source, "command" | "description"> | undefined, host: string): string {
  const wanted = source?.description ?? "the state that was replaced last";
  const program =
    source?.command === "restore" ? "the bot's state and program" : "the bot's state, but not its program,";
  return `On the server ${host}, ${program} is replaced by ${wanted}. The bot is stopped for it. The present state is kept on the server.`;
}
