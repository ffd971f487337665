import * as z from "zod";

// What a test can change at the emulated Hetzner. Without a test, `normalConditions` apply.

/** What can't be ordered. An entry without a server type closes the whole location for orders. */
const soldOut = z.array(
  z.object({
    location: z.string(),
    serverType: z.string().optional(),
    /** Still listed as available, and refused only when it is ordered, as if another customer was faster. */
    listed: z.boolean().optional(),
  }),
);

/** Prices that are different from the catalogue's. */
const prices = z.array(
  z.object({
    serverType: z.string(),
    location: z.string(),
    /** Euros a month, without VAT. */
    monthly: z.number().min(0),
  }),
);

const period = { announced: z.iso.datetime(), unavailableAfter: z.iso.datetime() };

/** Server types and images that leave the catalogue. */
const deprecations = z.array(
  z.union([
    /** Without a location, it leaves every location. */
    z.strictObject({ serverType: z.string(), location: z.string().optional(), ...period }),
    z.strictObject({ image: z.string(), ...period }),
  ]),
);

const conditions = z.object({
  soldOut,
  prices,
  deprecations,
  /** How much one account may have, in all of its projects together. Null: without a limit. */
  limits: z.object({ servers: z.int().min(0).nullable(), primaryIps: z.int().min(0).nullable() }),
  /** Restricts the tokens of projects. "project-1" is the first token's project. */
  tokens: z.record(z.string(), z.enum(["read-only", "revoked"])),
  /** How long actions that begin from now on take at least, in milliseconds. */
  actionDuration: z.number().min(0),
  /** Ids of servers that another action locks, such as a backup. */
  lockedServers: z.array(z.int()),
  /** Ids of servers whose system ignores the shutdown button. */
  ignoringShutdown: z.array(z.int()),
  /** Whether a server is on or off after a change of its type. */
  afterChangeType: z.enum(["running", "off"]),
  /** If false, addresses still belong to their deleted server, until this is true again. */
  addressesComeFree: z.boolean(),
});
export type Conditions = z.output<typeof conditions>;

/** Some conditions. Each one replaces the previous one of its name; the others stay as they are. */
const conditionsChange = conditions.partial();
export type ConditionsChange = z.input<typeof conditionsChange>;

/** @throws ZodError if the change isn't one */
export function changeConditions(current: Conditions, change: unknown): Conditions {
  return conditions.parse({ ...current, ...conditionsChange.parse(change) });
}

export const normalConditions: Conditions = {
  soldOut: [],
  prices: [],
  deprecations: [],
  // Five servers is the limit of a new account, as people report it. The one for addresses isn't known.
  limits: { servers: 5, primaryIps: null },
  tokens: {},
  actionDuration: 300,
  lockedServers: [],
  ignoringShutdown: [],
  // Documented: "This copies the content of its disk, and starts it again." The provider sends no poweron, so it
  // relies on this. Not verified at the real Hetzner: a product should cope with both.
  afterChangeType: "running",
  addressesComeFree: true,
};
