import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sshArguments } from "./shared/ssh-arguments.ts";
import { readStackOutputs } from "./shared/stack-outputs.ts";
import { runMain, UserError } from "./shared/user-error.ts";

const help = `Usage: npm run ssh -- [--stack NAME] [COMMAND …]

Opens a shell on the server, or runs a command there, with the stack's deploy key and the pinned host key.

  --stack NAME  another stack than the selected one
  --help        this text

The exit code is the remote command's; 255 where there was no connection, 2 where the stack can't be read.
`;

function main(): number {
  const { values, positionals } = parseArguments();
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const outputs = readStackOutputs(values.stack);
  // In memory where the system has such a folder, and in any case nobody else's to read.
  const folder = mkdtempSync(join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), "trading-bot-server-"));
  try {
    const keyFile = join(folder, "deploy-key");
    writeFileSync(keyFile, outputs.deployKey, { mode: 0o600 });
    // A Ctrl-C belongs to the remote side; the key must be removed after it.
    process.on("SIGINT", () => undefined);
    const { error, status, signal } = spawnSync("ssh", sshArguments(outputs, keyFile, positionals), {
      stdio: "inherit",
    });
    if (error) throw new UserError(`ssh can't be run (${error.message}). Is OpenSSH installed?`);
    return status ?? 128 + (signal ? constants.signals[signal] : 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function parseArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" }, stack: { type: "string" } },
    });
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

await runMain(main);
