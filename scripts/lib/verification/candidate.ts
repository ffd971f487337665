import * as z from "zod";
import { findCopyErrors } from "../../../binance/copy-errors.ts";
import { parseInput } from "../command/input.ts";
import { server } from "../ssh/server.ts";

/** What `pulumi up` gives to verify-candidate.ts, as one line of JSON. */
const candidate = z.object({
  keyPair: z
    .object({ apiKey: z.string(), apiSecret: z.string() })
    .refine(({ apiKey, apiSecret }) =>
      findCopyErrors(apiKey, apiSecret).every(({ severity }) => severity !== "error"),
    ),
  server,
  verification: z.enum(["enforce", "warn"]),
});

export type Candidate = z.output<typeof candidate>;

/** @throws UserError that names fields and shows nothing of what is in them */
export function parseCandidate(input: string): Candidate {
  return parseInput(candidate, input);
}
