/** A wish that the emulated company's own rules forbid, in words for the person who had it. */
export class Refusal extends Error {}
