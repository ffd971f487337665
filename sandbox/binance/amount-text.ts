import * as z from "zod";

/** An amount or a price as a person or a test gives it, such as "0.001". */
export const amountText = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,8})?$/, "must be a decimal number with at most eight places");
