import { forStack } from "../command/for-stack.ts";
import { exitOnSignals } from "../ssh/agent.ts";

/** How far a run of `npm run revoke` has come, for a person who interrupts it. */
export class Progress {
  #doing: string | undefined;
  readonly #done: string[] = [];

  /** @param doing continues "Interrupted while" */
  begin(doing: string): void {
    this.#doing = doing;
  }

  /** @param done a sentence without its full stop: "the bot is stopped" */
  finish(done: string): void {
    this.#done.push(done);
  }

  /** What is done, and how to go on: for the selected stack. */
  get interrupted(): string {
    return interruptedText(this.#doing, this.#done);
  }

  /** From now on, Ctrl-C and other signals end this process with that line. */
  reportWhenInterrupted(stack: string | undefined): void {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => process.stderr.write(`${forStack(this.interrupted, stack)}\n`));
    }
    exitOnSignals();
  }
}

function interruptedText(doing: string | undefined, done: readonly string[]): string {
  if (doing === undefined) {
    return "Interrupted. Nothing was changed.";
  }
  const before =
    done.length === 0 ? "Nothing was finished before that" : `Done before that: ${done.join(", ")}`;
  return `Interrupted while ${doing}. ${before}. To go on: npm run revoke`;
}
