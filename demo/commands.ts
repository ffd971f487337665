import { spawn } from "node:child_process";
import { styleText } from "node:util";
import { exitCode } from "../sandbox/command.ts";
import { foldersOfThisRun } from "../sandbox/run-folders.ts";

// How the demo shows its steps. What is printed after a $ is what was run.

const folders = foldersOfThisRun();
const times: [title: string, seconds: number][] = [];

export function ssh(command: string): string {
  return `npm run --silent ssh -- '${command}'`;
}

export async function step(title: string, play: () => Promise<void>): Promise<void> {
  const number = times.length + 1;
  process.stdout.write(`\n${styled("bold", `${number}. ${title}`)}\n`);
  const start = performance.now();
  await play();
  const seconds = (performance.now() - start) / 1000;
  times.push([title, seconds]);
  process.stdout.write(`${styled("dim", `   ${seconds.toFixed(1)} s`)}\n`);
}

/** Runs a command line as its owner types it. A failure ends the demo with the same exit code. */
export async function run(line: string, typed?: string): Promise<void> {
  const code = await play(line, typed);
  if (code === 0) {
    return;
  }
  process.stderr.write(`\nThe demo stops here: the command ended with exit code ${code}.\n`);
  process.exit(code);
}

/** Runs a command line that must fail. */
export async function refused(line: string): Promise<void> {
  if ((await play(line)) !== 0) {
    return;
  }
  process.stderr.write("\nThe demo stops here: this command should have failed.\n");
  process.exit(1);
}

async function play(line: string, typed?: string): Promise<number> {
  announce(line, typed === undefined ? "" : "   (typed, not shown)");
  const child = spawn("bash", ["-c", line], {
    cwd: folders.project,
    stdio: [typed === undefined ? "ignore" : "pipe", "inherit", "inherit"],
  });
  child.stdin?.end(typed);
  return exitCode(child);
}

export function announce(line: string, remark = ""): void {
  process.stdout.write(`\n${styled("bold", "$")} ${line}${styled("dim", remark)}\n`);
}

/** Says what this computer can't show. */
export function leftOut(what: string): void {
  process.stdout.write(`\nLeft out: ${what}\n`);
}

export function summarize(): void {
  const width = Math.max(...times.map(([title]) => title.length));
  const rows = times.map(
    ([title, seconds]) => `  ${title.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s`,
  );
  process.stdout.write(`\n${styled("bold", "This was the life of a server")}\n${rows.join("\n")}\n
Next: \`npm run sandbox\` opens a shell on this private internet, to try things.
The README describes the real way in six steps, from an account at Hetzner to a running server.
`);
}

/** For standard output: without colours if it is a file, or if NO_COLOR is set. */
function styled(style: "bold" | "dim", text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
