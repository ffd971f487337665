import { UserError } from "./user-error.ts";

/** Runs a script to its end. Its result becomes the process's exit code; 2 after a problem that the user can fix. */
export async function runMain(main: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}
