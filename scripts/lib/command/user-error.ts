/** A problem that the user can fix. Its message is shown without a stack trace. */
export class UserError extends Error {}

/** A mistake on the command line. The message is followed by a hint to `--help`. */
export class UsageError extends UserError {}

/** What a promise gives, or the message of the UserError with which it fails. */
export async function orMessage<T>(promise: Promise<T>): Promise<T | string> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof UserError) {
      return error.message;
    }
    throw error;
  }
}
