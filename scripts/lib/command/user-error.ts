/** A problem that the user can fix. Its message is shown without a stack trace. */
export class UserError extends Error {}

/** A mistake on the command line. The message is followed by a hint to `--help`. */
export class UsageError extends UserError {}
