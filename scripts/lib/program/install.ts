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
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import { streamRemotely } from "../ssh/remote.ts";
import { readStackOutputs, type StackOutputs } from "../stack/outputs.ts";
import { readStackSecrets, type StackSecret } from "../stack/secrets.ts";
import { packProgram } from "./archive.ts";
import { type Content, contentsIn, packChanges, packWhole } from "./changes.ts";
import { checkProgram } from "./checks/check-program.ts";
import { describeFindings } from "./checks/finding.ts";
import { copyProgram } from "./copy.ts";
import { programFiles } from "./files.ts";
import { installNodeModules, nodeModulesOf } from "./node-modules.ts";
import { readReusableFiles, readServerState } from "./server-state.ts";

/** True whether or not the bot runs: it may be off, be held by the guard, or not be configured yet. */
const seeLogs = "`npm run logs` shows the log of the bot and of the guard.";

/** In bytes. A smaller program is uploaded as a whole, before the server could list what it has. */
const worthAList = 2 ** 20;

/** How a program is installed: the options of `npm run install-bot`. */
export interface Installation {
  stack?: string | undefined;
  /** Installs the packages of requirements.txt again. */
  refresh: boolean;
  skipChecks: boolean;
  /** Doesn't copy the bot's state before. */
  withoutCopy: boolean;
}

/**
 * Uploads the program in a folder, and installs it.
 *
 * @returns the exit code of `npm run install-bot`
 * @throws UserError if it must not be uploaded, or won't work with the stack's settings
 */
export async function installProgram(
  folder: string,
  { stack, refresh, skipChecks, withoutCopy }: Installation,
): Promise<number> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UserError(`${folder} isn't a folder.`);
  }
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
