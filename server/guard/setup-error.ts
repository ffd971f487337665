/** Something that `pulumi up` installed can't be used. The message says what to do, and contains no secret. */
export class SetupError extends Error {}
