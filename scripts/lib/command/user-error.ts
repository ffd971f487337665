/** A mistake that the person can mend: shown as it is, without a stack trace. */
export class UserError extends Error {}

/** Runs a command to its end: its exit code becomes the process's. */
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
