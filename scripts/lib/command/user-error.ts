/** A problem that the user can fix. Its message is shown without a stack trace. */
export class UserError extends Error {}

/** A mistake on the command line. The message is followed by a hint to `--help`. */
export class UsageError extends UserError {}

/** What the system or a library says about a failure, to be quoted in a message that says what to do. */
export function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why something failed, for a caller that goes on after every error, even after one of this program. */
export function reasonOf(error: unknown): string {
  if (error instanceof UserError) {
    return error.message;
  }
  const name = error instanceof Error ? error.name : typeof error;
  return `This program has a mistake (${name}), please report it.`;
}

/** What a promise gives, or why it failed. */
export async function orReason<T>(promise: Promise<T>): Promise<T | string> {
  try {
    return await promise;
  } catch (error) {
    return reasonOf(error);
  }
}
