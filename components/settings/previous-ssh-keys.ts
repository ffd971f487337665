import * as z from "zod";
import { parseJson } from "../../binance/json.ts";

/** The keys that the server may still have while `npm run rotate-ssh-keys` replaces them. It writes this setting. */
const previousSshKeys = z.object({
  /** The private key that the server lets in. Missing if it isn't replaced. */
  deployKey: z.string().startsWith("-----BEGIN OPENSSH PRIVATE KEY-----").optional(),
  /** The public host key, "ssh-ed25519 AAAA…". Missing if it isn't replaced. */
  hostKey: z.string().startsWith("ssh-ed25519 ").optional(),
  /** The one before the first contact: a server may be ordered while the keys are replaced. */
  initialHostKey: z.string().startsWith("ssh-ed25519 ").optional(),
});
export type PreviousSshKeys = z.output<typeof previousSshKeys>;

/** The setting's value is JSON. */
export const previousSshKeysSetting = z.string().transform(parseJson).pipe(previousSshKeys).optional();
