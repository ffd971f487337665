import { requireBackupTool } from "./lib/backup/making.ts";
import { passphraseOption } from "./lib/backup/passphrase.ts";
import { opened, readSource, type Source } from "./lib/backup/source.ts";
import { confirm } from "./lib/command/ask.ts";
import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError } from "./lib/command/user-error.ts";
import { surviveClosedOutput } from "./lib/process/uninterrupted.ts";
import { labels } from "./lib/ssh/bot-control.ts";
import { streamRemotely } from "./lib/ssh/remote.ts";
import { readServer } from "./lib/stack/outputs.ts";

await runCommand({
  name: "restore",
  usage: ["[OPTION …] FILE", "[OPTION …] FOLDER", "[OPTION …] --undo"],
  description: [
    "Restores a backup of the bot's state and program to the server, which may be a new one.",
    "FILE is a backup that `npm run backup` has written, or a state that `npm run replace` has saved. All of it is checked before anything is changed. The bot is stopped, its state and program are replaced, and it is started again. A bot that you have stopped stays stopped. The replaced state is kept on the server for 30 days, and --undo restores that.",
    "FOLDER is how a bot moves in that has been running elsewhere: what is in the folder becomes the bot's state, such as its database with its open trades. End that bot first, so that no two bots trade with one account. The program stays.",
  ],
  takes: "arguments",
  options: {
    undo: flag("restore the state that the last restore has replaced; the program stays"),
    "passphrase-file": passphraseOption,
    yes: flag("don't ask"),
  },
  exitCodes: {
    0: "the state is restored, and the bot runs unless there is a reason that is shown",
    1: "you didn't answer yes; or the server could not restore it, or the bot doesn't run with it, as shown",
    2: "the command line is wrong, or the file can't be restored; nothing was changed",
    255: "the connection broke; run this again",
  },
  run: async ({ undo, "passphrase-file": passphraseFile, yes, stack }, args) => {
    const [path] = args;
    if (undo ? path !== undefined : path === undefined || args.length > 1) {
      throw new UsageError(
        "Name exactly one file or folder, such as: npm run restore -- ../bot.backup. Or use --undo.",
      );
    }
    const server = await readServer(stack);
    await requireBackupTool(server);
    const source = path === undefined ? undefined : await readSource(path, passphraseFile);
    process.stdout.write(`${preview(source, server.host)}\n`);
    if (!(await confirm({ text: "Restore it? Type yes: ", answer: "yes", yes }))) {
      process.stdout.write("Nothing was changed.\n");
      return 1;
    }
    surviveClosedOutput();
    return source === undefined
      ? streamRemotely(server, "sudo bot-backup undo", { labels, mustFinish: true })
      : streamRemotely(server, `sudo bot-backup ${source.command} ${source.sha256}`, {
          input: await opened(source),
          labels,
          mustFinish: true,
        });
  },
});

function preview(source: Source | undefined, host: string): string {
  const wanted = source?.description ?? "the state that the last restore has replaced";
  const program =
    source?.command === "restore" ? "the bot's state and program" : "the bot's state, but not its program,";
  return `On the server ${host}, ${program} is replaced by ${wanted}. The bot is stopped for it. The present state is kept on the server.`;
}
