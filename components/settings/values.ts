import * as z from "zod";
import { volumeSizes } from "../../hetzner/state-volume.ts";

/** A boolean as text, as Pulumi gives it to the program. */
export const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** A whole number in a range, as text. */
export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^(0|[1-9]\d{0,8})$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most));

/** A value that may be left out. Pulumi.yaml gives an empty text then, because there is no other optional form. */
export const optionalText = z
  .string()
  .default("")
  .transform((text) => (text === "" ? undefined : text));

/** In GB, as text, or "none". It may be left out. */
export const volumeSize = z
  .union([z.enum(["", "none"]), wholeNumber(volumeSizes.least, volumeSizes.most)])
  .default("")
  .transform((size) => (size === "" ? undefined : size));
