import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { quoteForShell } from "../../checklist/shell.ts";
import { type CommandLine, exitCode, run } from "../../sandbox/command.ts";
import { until } from "../../sandbox/until.ts";

export interface TerminalSize {
  rows: number;
  columns: number;
}

/** A command in its own terminal, in which a person types. */
export class Terminal {
  /** The exit code of the command. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcessWithoutNullStreams;
  #screen = "";

  constructor(command: CommandLine, { rows, columns }: TerminalSize) {
    const line = `stty rows ${rows} columns ${columns}; tty; exec ${command.map(quoteForShell).join(" ")}`;
    this.#child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"]);
    this.#child.stdout.on("data", (chunk: Buffer) => (this.#screen += chunk.toString()));
    this.ended = exitCode(this.#child);
  }

  /** Everything that was shown so far. */
  get screen(): string {
    return this.#screen;
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Waits until the text is on the screen. Fails if the command ends before. */
  async shows(text: string): Promise<void> {
    await until(
      () => this.#screen.includes(text),
      () =>
        this.#child.stdout.closed
          ? `the command ended before it showed "${text}":\n${this.#screen}`
          : undefined,
    );
  }

  async resize({ rows, columns }: TerminalSize): Promise<void> {
    const device = /\/dev\/pts\/\d+/.exec(this.#screen)?.[0] ?? "";
    await run(["stty", "-F", device, "rows", `${rows}`, "columns", `${columns}`]);
  }

  /** Ends the command if it still runs. */
  close(): void {
    this.#child.kill();
  }
}
