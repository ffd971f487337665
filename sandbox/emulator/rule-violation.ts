/** A person wants something that the rules of the emulated company forbid. The message is for that person. */
export class RuleViolation extends Error {}
