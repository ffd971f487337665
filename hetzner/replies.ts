import * as z from "zod";

// Hetzner's replies, as far as this program reads them (docs.hetzner.cloud). Fields that it doesn't need aren't
// required, so that a new or removed one breaks nothing.

/** Decimal text, such as "5.4900". */
const decimal = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,20})?$/)
  .transform(Number);

const date = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), "must be a date")
  .transform((text) => new Date(text));

const deprecation = z.looseObject({ announced: date, unavailable_after: date }).nullish();

/** A month's price at a location, before tax. */
export const monthly = z.looseObject({
  location: z.string(),
  price_monthly: z.looseObject({ net: decimal }),
});

/** GET /server_types. `deprecation` outside of `locations` is older; if both are there, the one of the location counts. */
export const serverType = z.looseObject({
  name: z.string(),
  cores: z.number(),
  /** In GB. */
  memory: z.number(),
  /** In GB. */
  disk: z.number(),
  /** "x86" or "arm". */
  architecture: z.string(),
  deprecation,
  prices: z.array(monthly),
  locations: z.array(z.looseObject({ name: z.string(), available: z.boolean(), deprecation })),
});
export type ServerTypeReply = z.output<typeof serverType>;

/** GET /pricing. */
export const pricingReply = z.looseObject({
  pricing: z.looseObject({
    currency: z.string(),
    primary_ips: z.array(z.looseObject({ type: z.string(), prices: z.array(monthly) })),
    /** For a GB. */
    volume: z.looseObject({ price_per_gb_month: z.looseObject({ net: decimal }) }).optional(),
  }),
});
export type Pricing = z.output<typeof pricingReply>["pricing"];

/** GET /images. There are two of each name, one for each architecture. */
export const image = z.looseObject({ name: z.string().nullish(), architecture: z.string(), deprecation });
export type Image = z.output<typeof image>;

export const server = z.looseObject({
  id: z.int(),
  name: z.string(),
  /** "running", "off", "starting", "stopping", "migrating" … */
  status: z.string(),
  server_type: z.looseObject({ name: z.string(), architecture: z.string() }),
  location: z.looseObject({ name: z.string() }),
  /** In GB. It doesn't shrink, and stays as it is if a type change keeps the disk. */
  primary_disk_size: z.number(),
  public_net: z.looseObject({ ipv4: z.looseObject({ ip: z.string() }).nullish() }),
  /** Whether the next boot is that of the rescue system. */
  rescue_enabled: z.boolean().nullish(),
});
export type Server = z.output<typeof server>;

export const primaryIp = z.looseObject({
  id: z.int(),
  name: z.string(),
  ip: z.string(),
  location: z.looseObject({ name: z.string() }),
  /** The id of the server that has it. */
  assignee_id: z.int().nullish().default(null),
  protection: z.looseObject({ delete: z.boolean() }),
});

export const volume = z.looseObject({
  id: z.int(),
  name: z.string(),
  /** In GB. */
  size: z.number(),
  location: z.looseObject({ name: z.string() }),
  /** The id of the server that it is attached to. */
  server: z.int().nullable(),
  protection: z.looseObject({ delete: z.boolean() }),
});
export type VolumeReply = z.output<typeof volume>;

/** What Hetzner does after a request. */
export const action = z.looseObject({
  id: z.int(),
  command: z.string(),
  status: z.enum(["running", "success", "error"]),
  error: z.looseObject({ code: z.string(), message: z.string() }).nullish(),
});
export type Action = z.output<typeof action>;
