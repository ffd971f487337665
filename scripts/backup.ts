import { backUpTo, requireBackupTool, requireNew } from "./lib/backup/making.ts";
import { newPassphrase, passphraseOption } from "./lib/backup/passphrase.ts";
import { sizeText } from "./lib/backup/size.ts";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { UsageError } from "./lib/command/user-error.ts";
import { readServer } from "./lib/stack/outputs.ts";

await runCommand({
  name: "backup",
  usage: ["[OPTION …] FILE"],
  description: [
    "Writes an encrypted copy of the bot's state and program to a file on this computer.",
    "It asks for a passphrase. The bot is off while its state is copied on the server, for some seconds with a small state, and then runs again. The file is sent after that. It doesn't hold the key pair, which `pulumi up` installs, and not the settings.",
    "`npm run restore -- FILE` restores it. The file has the format of age (https://age-encryption.org): `age --decrypt FILE` writes a gzipped tar, without this program.",
  ],
  takes: "arguments",
  options: { "passphrase-file": passphraseOption },
  exitCodes: {
    0: "the file is complete and on this computer's disk",
    2: "the command line is wrong, or the backup could not be made; there is no file then",
    130: "you pressed Ctrl-C; there is no file then",
  },
  run: async ({ "passphrase-file": passphraseFile, stack }, args) => {
    const [file] = args;
    if (file === undefined || args.length > 1) {
      throw new UsageError("Name exactly one file, such as: npm run backup -- ../bot.backup");
    }
    requireNew(file);
    const server = await readServer(stack);
    await requireBackupTool(server);
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
  },
});
