import { spawnSync } from "node:child_process";
import { constants } from "node:os";
import { readArguments, splitAtCommand } from "./lib/command/arguments.ts";
import { runMain, UserError } from "./lib/command/user-error.ts";
import { sshArguments } from "./lib/ssh/arguments.ts";
import { writeKeyFile } from "./lib/ssh/key-file.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";

const help = `Usage: npm run ssh -- [--stack NAME] [COMMAND …]

Opens a shell on the server, or runs a command there, with the stack's deploy key and the pinned host key.

  --stack NAME  another stack than the selected one
  --help        this text

The exit code is the remote command's; 255 where there was no connection, 2 where the stack can't be read.
`;

async function main(): Promise<number> {
  const { own, command } = splitAtCommand(process.argv.slice(2));
  const { values } = readArguments(
    {
      args: own,
      options: { help: { type: "boolean", short: "h" }, stack: { type: "string" } },
    },
    help,
  );
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const outputs = await readStackOutputs(values.stack);
  const keyFile = writeKeyFile(outputs.deployKey);
  try {
    // A Ctrl-C belongs to the remote side; the key must be removed after it.
    process.on("SIGINT", () => undefined);
    const { error, status, signal } = spawnSync("ssh", sshArguments(outputs, keyFile.path, command), {
      stdio: "inherit",
    });
    if (error) {
      throw new UserError(`ssh can't be run (${error.message}). Is OpenSSH installed?`);
    }
    return status ?? 128 + (signal ? constants.signals[signal] : 0);
  } finally {
    keyFile.remove();
  }
}

await runMain(main);
