import { createReadStream, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readArguments } from "./lib/command/arguments.ts";
import { runMain, UserError } from "./lib/command/user-error.ts";
import { packProgram } from "./lib/program/archive.ts";
import { copyProgram } from "./lib/program/copy.ts";
import { programFiles } from "./lib/program/files.ts";
import { installNodeModules, nodeModulesOf } from "./lib/program/node-modules.ts";
import { runRemotely } from "./lib/ssh/command.ts";
import { streamRemotely } from "./lib/ssh/stream.ts";
import { readStackOutputs, type StackOutputs } from "./lib/stack/outputs.ts";
import { readStackSecrets, type StackSecret } from "./lib/stack/secrets.ts";

const help = `Usage: npm run install-bot -- [--stack NAME] FOLDER
       npm run install-bot -- [--stack NAME] --roll-back | --list

Brings the bot's program to the server and restarts the bot onto it. If the bot doesn't run on it, the program
before comes back. What git ignores stays here. docs/programs.md says what a Python program, a Node program and
a binary need.

  --roll-back   goes back to the program before
  --list        names the programs that are on the server
  --stack NAME  another stack than the selected one
  --help        this text

The exit code is 0; 1 where the server refused the program or went back; 255 where there was no connection;
2 where there is nothing to send, or the stack can't be read.
`;

const option = { type: "boolean", default: false } as const;

async function main(): Promise<number> {
  const { values, positionals } = readArguments(
    {
      allowPositionals: true,
      options: {
        help: { ...option, short: "h" },
        stack: { type: "string" },
        "roll-back": option,
        list: option,
      },
    },
    help,
  );
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const { stack } = values;
  const verb = values["roll-back"] ? "roll-back" : "list";
  if (values["roll-back"] !== values.list && positionals.length === 0) {
    return streamRemotely(await readStackOutputs(stack), `sudo trading-bot-program ${verb}`);
  }
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1 || values["roll-back"] || values.list) {
    throw new UserError(`One folder must be named, and nothing else.\n\n${help}`);
  }
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UserError(`${folder} is no folder.`);
  }

  const outputs = await readStackOutputs(stack);
  const secrets = await readStackSecrets(outputs, stack);
  const workspace = mkdtempSync(join(tmpdir(), "install-bot-"));
  const remove = (): void => {
    rmSync(workspace, { recursive: true, force: true });
  };
  // Whoever ends the process, the copy goes with it.
  process.on("exit", remove);
  return install(folder, workspace, outputs, secrets);
}

async function install(
  folder: string,
  workspace: string,
  outputs: StackOutputs,
  secrets: StackSecret[],
): Promise<number> {
  const program = join(workspace, "program");
  mkdirSync(program);
  const files = programFiles(folder);
  if (files.length === 0) {
    throw new UserError(`${folder} has no file that git doesn't ignore.`);
  }
  copyProgram(folder, files, program, secrets, (message) => {
    say(`Warning: ${message}`);
  });
  const { machine, current } = await askServer(outputs);
  const modules = nodeModulesOf(program);
  if (modules === "locked") {
    say("Installing the program's packages of npm");
    await installNodeModules(program, machine);
  } else if (modules === "unlocked") {
    say("Warning: package.json has dependencies, but there is no package-lock.json to install them by.");
  }

  const archive = join(workspace, "program.tar.gz");
  const id = await packProgram(program, archive);
  if (id === current) {
    process.stdout.write(
      `The release ${id} is current already; nothing was done. \`npm run logs\` follows the bot.\n`,
    );
    return 0;
  }
  const size = (statSync(archive).size / 2 ** 20).toFixed(1);
  say(`Sending the release ${id}: ${files.length} files, ${size} MiB compressed`);
  const code = await streamRemotely(outputs, `sudo trading-bot-program install ${id}`, {
    input: createReadStream(archive),
  });
  if (code === 0) {
    process.stdout.write("Next: `npm run logs` follows the bot.\n");
  }
  return code;
}

/** What the server is, and which release is current there and known to have been started, if there is one. */
async function askServer(outputs: StackOutputs): Promise<{ machine: string; current: string | undefined }> {
  const question = "uname --machine; readlink /opt/trading-bot/proven || true";
  const { code, stdout, stderr } = await runRemotely(outputs, question);
  const [machine = "", link = ""] = stdout.split("\n");
  if (code !== 0 || machine === "") {
    throw new UserError(`The server can't be asked what it is. It says:\n${stderr.trim()}`);
  }
  return { machine, current: /^releases\/([0-9a-f]{12})$/.exec(link)?.[1] };
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}

await runMain(main);
