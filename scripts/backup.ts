import { backUpTo, requireBackupTool, requireNew } from "./lib/backup/making.ts";
import { newPassphrase, passphraseOption } from "./lib/backup/passphrase.ts";
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
  usage: ["[OPTION …]", "[OPTION …] FILE", "[OPTION …] --list"],
  description: [
    "Stores a backup of the bot's state and program off the server now, as the server does each night: in the storage of the setting backup:repository (docs/backup.md). What is stored is checked afterwards. `npm run restore -- --stored` restores it.",
    "With FILE, it writes an encrypted copy to a file on this computer instead, and asks for a passphrase. `npm run restore -- FILE` restores it. The file has the format of age (https://age-encryption.org): `age --decrypt FILE` writes a gzipped tar, without this program.",
    "The bot goes on in both cases, because a copy of its state is taken. Neither holds the key pair, which `pulumi up` installs, or the settings.",
  ],
  takes: "arguments",
  options: {
    list: flag("list what is stored: ids, times, ages and sizes"),
    json: flag("with --list, print JSON"),
    "passphrase-file": passphraseOption,
  },
  exitCodes: {
    0: "the backup is stored and checked; or the file is complete and on this computer's disk",
    1: "the server could not store a backup, as shown",
    2: "the command line is wrong, or the backup could not be made or listed; there is no file then",
    130: "you pressed Ctrl-C; there is no file then",
    255: "no connection to the server, or it broke; run this again",
  },
  run: async ({ list, json, "passphrase-file": passphraseFile, stack }, args) => {
    const [file] = args;
    if (args.length > 1 || (list && file !== undefined)) {
      throw new UsageError("Name at most one file, such as: npm run backup -- ../bot.backup");
    }
    if (json && !list) {
      throw new UsageError("--json is for --list.");
    }
    if (file === undefined && passphraseFile !== undefined) {
      throw new UsageError("--passphrase-file is for a backup to a file: name the file as well.");
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
