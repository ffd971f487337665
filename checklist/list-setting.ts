import * as z from "zod";
import { parseJson } from "../binance/json.ts";

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
