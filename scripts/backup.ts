import { backUpTo, requireBackupTool, requireNew } from "./lib/backup/making.ts";
import { newPassphrase, passphraseOption } from "./lib/backup/passphrase.ts";
import { prune } from "./lib/backup/pruning.ts";
import { sizeText } from "./lib/backup/size.ts";
import { listStored, storedTable, storeNow } from "./lib/backup/stored.ts";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError } from "./lib/command/user-error.ts";
import type { Server } from "./lib/ssh/server.ts";
import { readServer } from "./lib/stack/outputs.ts";

await runCommand({
  name: "backup",
  usage: ["[OPTION …]", "[OPTION …] FILE", "[OPTION …] --list", "[OPTION …] --prune"],
  description: [
    "Stores a backup of the bot's state and program off the server now, as the server does each night: in the storage of the setting backup:repository (docs/backup.md). What is stored is checked afterwards. `npm run restore -- --stored` restores it.",
    "With FILE, it writes an encrypted copy to a file on this computer instead, and asks for a passphrase. `npm run restore -- FILE` restores it. The file has the format of age (https://age-encryption.org): `age --decrypt FILE` writes a gzipped tar, without this program.",
    "With --prune, it removes old backups from that storage, by restic on this computer: it keeps the last one of each of 14 days, 8 weeks and 12 months, shows what goes, and asks. If the server's keys can't delete, set others for it in the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    "The bot goes on in all cases, because a copy of its state is taken. No backup holds the key pair, which `pulumi up` installs, or the settings.",
  ],
  takes: "arguments",
  options: {
    list: flag("list what is stored: ids, times, ages and sizes"),
    json: flag("with --list, print JSON"),
    prune: flag("remove old backups from the storage"),
    yes: flag("with --prune, don't ask"),
    "passphrase-file": passphraseOption,
  },
  exitCodes: {
    0: "the backup is stored and checked; or the file is complete and on this computer's disk; or old backups are removed",
    1: "the server could not store a backup, as shown; or you didn't answer yes",
    2: "the command line is wrong, or the backup could not be made or listed; there is no file then",
    130: "you pressed Ctrl-C; there is no file then",
    255: "no connection to the server, or it broke; run this again",
  },
  run: async ({ list, json, prune: prunes, yes, "passphrase-file": passphraseFile, stack }, args) => {
    const [file] = args;
    if (args.length > 1 || (list && file !== undefined)) {
      throw new UsageError("Name at most one file, such as: npm run backup -- ../bot.backup");
    }
    if (json && !list) {
      throw new UsageError("--json is for --list.");
    }
    if (prunes && (list || file !== undefined)) {
      throw new UsageError("Use --prune alone.");
    }
    if (yes && !prunes) {
      throw new UsageError("--yes is for --prune.");
    }
    if (file === undefined && passphraseFile !== undefined) {
      throw new UsageError("--passphrase-file is for a backup to a file: name the file as well.");
    }
    if (prunes) {
      return prune(stack, yes);
    }
    if (file !== undefined) {
      requireNew(file);
    }
    const server = await readServer(stack);
    await requireBackupTool(server);
    if (file !== undefined) {
      return toFile(file, server, passphraseFile, stack);
    }
    return list ? show(server, json) : store(server, stack);
  },
});

async function toFile(
  file: string,
  server: Server,
  passphraseFile: string | undefined,
  stack: string | undefined,
): Promise<number> {
  const passphrase = await newPassphrase(passphraseFile);
  const begun = Date.now();
  const size = await backUpTo(file, server, passphrase);
  process.stdout.write(
    forStack(
      `Written: ${file}, ${sizeText(size)}, in ${Math.ceil((Date.now() - begun) / 1000)} s. Without its passphrase, nobody can read it.\nTo restore it: npm run restore -- FILE\n`,
      stack,
    ),
  );
  return 0;
}

async function show(server: Server, json: boolean): Promise<number> {
  const backups = await listStored(server);
  process.stdout.write(
    json ? `${JSON.stringify(backups, undefined, 2)}\n` : storedTable(backups, new Date()),
  );
  return 0;
}

async function store(server: Server, stack: string | undefined): Promise<number> {
  const code = await storeNow(server);
  if (code === 0) {
    process.stdout.write(
      forStack(
        "A backup is stored, and what is stored is sound. To restore it: npm run restore -- --stored\n",
        stack,
      ),
    );
  }
  return code;
}
