import * as z from "zod";
import { parseJson } from "../../binance/json.ts";

/** A boolean as text, as Pulumi gives it to the program. */
export const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** A whole number in a range, as text. */
export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^(0|[1-9]\d{0,8})$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most));

/** A list, or one text in which commas separate the items, as a person types it. */
export const commaList = z.union([
  z.string().transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  ),
  z.array(z.string()),
]);

/** A comma list as the value of a whole setting, where Pulumi gives a list as JSON. */
export const listSetting = z
  .string()
  .transform((text) => (text.trimStart().startsWith("[") ? parseJson(text) : text))
  .pipe(commaList);

/** A value that may be left out. Pulumi.yaml gives an empty text then, because there is no other optional form. */
export const optionalText = z
  .string()
  .default("")
  .transform((text) => (text === "" ? undefined : text));
