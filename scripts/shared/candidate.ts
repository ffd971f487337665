import { z } from "zod";
import { findCopyErrors } from "../../binance/copy-errors.ts";
import { parseJson } from "./json.ts";
import { UserError } from "./user-error.ts";

/** What `pulumi up` gives to verify-candidate.ts, as one line of JSON. */
const candidate = z.object({
  keyPair: z
    .object({ apiKey: z.string(), apiSecret: z.string() })
    .refine(({ apiKey, apiSecret }) =>
      findCopyErrors(apiKey, apiSecret).every(({ severity }) => severity !== "error"),
    ),
  server: z.object({
    ipAddress: z.ipv4(),
    /** "ssh-ed25519 AAAA…" */
    hostKey: z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/=]+$/),
    /** OpenSSH's private key format. */
    deployKey: z.string().startsWith("-----BEGIN OPENSSH PRIVATE KEY-----"),
  }),
  verification: z.enum(["enforce", "warn"]),
});

export type Candidate = z.output<typeof candidate>;

/** @throws UserError that names fields and shows nothing of what is in them */
export function parseCandidate(input: string): Candidate {
  const result = candidate.safeParse(parseJson(input));
  if (result.success) return result.data;
  const names = [...new Set(result.error.issues.map(({ path }) => path.join(".")))].filter(Boolean);
  throw new UserError(
    names.length === 0
      ? "There is no line of JSON on standard input."
      : `On standard input, ${names.join(", ")} can't be used.`,
  );
}
