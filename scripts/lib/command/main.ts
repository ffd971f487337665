import { HetznerError } from "../../../hetzner/failure.ts";
import { explain } from "../../../hetzner/refusals.ts";
import { Interrupted } from "../process/uninterrupted.ts";
import { UserError } from "./user-error.ts";

/**
 * Runs a script to its end. Its result becomes the process's exit code; 2 after a problem that the user can fix, 130
 * after Ctrl-C.
 */
export async function runMain(main: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`${messageFor(error)}\n`);
    process.exitCode = error instanceof Interrupted ? error.exitCode : 2;
  }
}

/** @throws the error itself, which then is shown with its stack trace, if the user can't fix it */
export function messageFor(error: unknown): string {
  if (error instanceof UserError) {
    return error.message;
  }
  if (error instanceof HetznerError) {
    const { problem, remedy } = explain(error.code) ?? {};
    return [error.message, problem, remedy].filter((line) => line !== undefined).join("\n");
  }
  throw error;
}
