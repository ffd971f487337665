import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError, UserError } from "./lib/command/user-error.ts";
import { packProgram } from "./lib/program/archive.ts";
import { type Content, contentsIn, packChanges, packWhole } from "./lib/program/changes.ts";
import { checkProgram } from "./lib/program/checks/check-program.ts";
import { describeFindings } from "./lib/program/checks/finding.ts";
import { copyProgram } from "./lib/program/copy.ts";
import { programFiles } from "./lib/program/files.ts";
import { installNodeModules, nodeModulesOf } from "./lib/program/node-modules.ts";
import { rollBack, type State, states } from "./lib/program/roll-back/roll-back.ts";
import { readReusableFiles, readServerState } from "./lib/program/server-state.ts";
import { streamRemotely } from "./lib/ssh/remote.ts";
import { readStackOutputs, type StackOutputs } from "./lib/stack/outputs.ts";
import { readStackSecrets, type StackSecret } from "./lib/stack/secrets.ts";

/** True whether or not the bot runs: it may be off, be held by the guard, or not be configured yet. */
const seeLogs = "`npm run logs` shows the log of the bot and of the guard.";

/** In bytes. A smaller program is uploaded as a whole, before the server could list what it has. */
const worthAList = 2 ** 20;

await runCommand({
  name: "install-bot",
  usage: ["[OPTION …] FOLDER", "[OPTION …] --roll-back | --list"],
  description: [
    "Uploads the bot's program and restarts the bot.",
    "The bot is stopped, its state is copied, and it is started with the new version. If that fails to start, the previous version is restored with its state.",
    "--roll-back shows how old the copy of the state is, the account's open orders and, for freqtrade, what was traded since then. Then it asks with which state the previous version runs: the one of the copy, or the current one. The replaced state is kept for 30 days.",
    "Files ignored by git are not uploaded. docs/programs.md says what a Python program, a Node.js program and a binary need.",
  ],
  takes: "arguments",
  options: {
    "roll-back": flag("restore the previous program"),
    state: {
      type: "string",
      value: "STATE",
      help: "with --roll-back: copy for the state that the previous program has left, current for the state as it is now",
    },
    yes: flag("with --roll-back: don't ask; if there is a copy, --state is needed"),
    list: flag("list the programs that are on the server"),
    refresh: flag("install the packages of requirements.txt again, in the versions that are current now"),
    "skip-checks": flag("upload a program even if it won't work with the stack's settings"),
    "without-copy": flag(
      "don't copy the bot's state, such as if the disk is too small: a roll-back then keeps the state, even if the new version has changed it",
    ),
  },
  exitCodes: {
    0: "the program is installed, restored or listed",
    1: "the server refused the program, or restored the previous one; or you didn't confirm the roll-back",
    2: "the command line is wrong, a file must not be uploaded, the program won't work with the stack's settings, or the stack can't be read",
    255: "no connection to the server",
  },
  run: async (values, args) => {
    const verb = serverVerb(values);
    const state = chosenState(values);
    if (verb === "list" && args.length === 0) {
      return streamRemotely(await readStackOutputs(values.stack), "sudo trading-bot-program list");
    }
    if (verb === "roll-back" && args.length === 0) {
      return rollBack(await readStackOutputs(values.stack), { state, yes: values.yes, stack: values.stack });
    }
    const [folder] = args;
    if (folder === undefined || args.length > 1 || verb !== undefined) {
      throw new UsageError("Name exactly one folder, or use --roll-back or --list without a folder.");
    }
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new UserError(`${folder} isn't a folder.`);
    }
    return install(folder, values);
  },
});

/** What the server does without an upload. */
function serverVerb({ list, "roll-back": rollBack }: { list: boolean; "roll-back": boolean }) {
  if (list && rollBack) {
    throw new UsageError("Use either --roll-back or --list.");
  }
  return list ? "list" : rollBack ? "roll-back" : undefined;
}

interface RollBackOptions {
  "roll-back": boolean;
  state?: string;
  yes: boolean;
}

/** The state for a roll-back, if it was chosen on the command line. */
function chosenState({ "roll-back": rollsBack, state, yes }: RollBackOptions): State | undefined {
  if (!rollsBack && (state !== undefined || yes)) {
    throw new UsageError("--state and --yes are for --roll-back.");
  }
  const chosen = states.find((one) => one === state);
  if (state !== undefined && chosen === undefined) {
    throw new UsageError("--state must be copy or current.");
  }
  return chosen;
}

interface Options {
  stack?: string;
  refresh: boolean;
  "skip-checks": boolean;
  "without-copy": boolean;
}

async function install(
  folder: string,
  { stack, refresh, "skip-checks": skipChecks, "without-copy": withoutCopy }: Options,
): Promise<number> {
  const outputs = await readStackOutputs(stack);
  const secrets = await readStackSecrets(outputs, stack);
  const workspace = mkdtempSync(join(tmpdir(), "install-bot-"));
  // However the process ends, the copy is removed.
  process.on("exit", () => {
    rmSync(workspace, { recursive: true, force: true });
  });
  const program = join(workspace, "program");
  const fileCount = await copyFiles(folder, program, secrets);
  if (refresh) {
    markAsRefreshed(program);
  }
  const { machine, current } = await readServerState(outputs);
  await addNodeModules(program, machine);

  const tar = join(workspace, "program.tar");
  const release = await packProgram(program, tar);
  if (release === current) {
    process.stdout.write(
      `Release ${release} is already installed; nothing was done. ${forStack(seeLogs, stack)}\n`,
    );
    return 0;
  }
  check(program, outputs, machine, skipChecks);
  const archive = join(workspace, "upload.gz");
  const { command, reusedBytes } = await pack(tar, archive, outputs);
  const reused =
    reusedBytes === 0 ? "" : `; ${mebibytes(reusedBytes)} MiB are on the server, and aren't uploaded again`;
  report(
    `Uploading release ${release}: ${fileCount} files, ${mebibytes(statSync(archive).size)} MiB compressed${reused}`,
  );
  const install = `sudo trading-bot-program ${command} ${release}${withoutCopy ? " without-copy" : ""}`;
  const code = await streamRemotely(outputs, install, { input: createReadStream(archive) });
  if (code === 0) {
    process.stdout.write(`${forStack(seeLogs, stack)}\n`);
  }
  return code;
}

/** @returns how many files were copied */
async function copyFiles(folder: string, to: string, secrets: StackSecret[]): Promise<number> {
  const files = await programFiles(folder);
  if (files.length === 0) {
    throw new UserError(`There is nothing to upload: ${folder} is empty, or git ignores all of its files.`);
  }
  mkdirSync(to);
  copyProgram(folder, files, to, secrets, warn);
  return files.length;
}

/** With the time in it, the program is another release, and a roll-back restores the packages as well. */
function markAsRefreshed(program: string): void {
  if (!existsSync(join(program, "requirements.txt"))) {
    throw new UserError(
      "--refresh is for the packages of requirements.txt, and the folder has no such file.",
    );
  }
  writeFileSync(join(program, ".packages-refreshed"), `${new Date().toISOString()}\n`);
}

/** @throws UserError if the program doesn't work with the stack's settings */
function check(program: string, { bot }: StackOutputs, machine: string, skip: boolean): void {
  const findings = checkProgram(program, bot, machine);
  const refused = !skip && findings.some(({ severity }) => severity === "error");
  const text = findings.length === 0 ? "" : describeFindings(findings, bot);
  if (refused) {
    throw new UserError(
      `The program won't work on the server with the stack's settings. Nothing was uploaded.\n${text}\nTo upload it anyway, add --skip-checks.`,
    );
  }
  if (text !== "") {
    warn(`something in the program may not work on the server.\n${text}`);
  }
}

async function addNodeModules(program: string, machine: string): Promise<void> {
  const modules = nodeModulesOf(program);
  if (modules === "locked") {
    report("Installing the npm packages of the program");
    await installNodeModules(program, machine);
  } else if (modules === "unlocked") {
    warn("package.json has dependencies, but there is no package-lock.json. They are not installed.");
  }
}

/** Packs what the server doesn't have yet. */
async function pack(tar: string, archive: string, outputs: StackOutputs) {
  const contents = await contentsIn(tar);
  const files = sizeOf(contents) < worthAList ? new Set() : await readReusableFiles(outputs);
  const reused = contents.filter(({ sha256 }) => files.has(sha256));
  if (reused.length === 0) {
    await packWhole(tar, archive);
    return { command: "install", reusedBytes: 0 };
  }
  await packChanges(tar, reused, archive);
  return { command: "install-changes", reusedBytes: sizeOf(reused) };
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function sizeOf(contents: readonly Content[]): number {
  return contents.reduce((sum, { size }) => sum + size, 0);
}

/** Shows progress on standard error: standard output is for results. */
function report(message: string): void {
  process.stderr.write(`${message}\n`);
}

function warn(message: string): void {
  report(`Warning: ${message}`);
}
