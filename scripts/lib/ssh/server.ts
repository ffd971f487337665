import * as z from "zod";

/** "ssh-ed25519 AAAA…", without a comment. */
export const hostKey = z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/=]+$/);

/** OpenSSH's private key format. */
export const privateKey = z.string().startsWith("-----BEGIN OPENSSH PRIVATE KEY-----");

/** The user that Pulumi and the server's owner log in as: components/ has the same. */
export const adminUser = "admin";

/**
 * A server and the keys to reach it. `pulumi up` sends this to its scripts on standard input, and a stack's outputs
 * are read into the same shape. components/commands/server-identity.ts is the other side.
 */
export const server = z.object({
  host: z.ipv4(),
  user: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** The private key that the server lets in. */
  deployKey: privateKey,
  /** The public key that the server must prove to have. */
  hostKey,
});

/** The host key is a list only while a new one replaces the first: then each of them is accepted. */
export type Server = Omit<z.output<typeof server>, "hostKey"> & {
  hostKey: string | readonly string[];
  /** Offered after the deploy key, while that one replaces it. */
  previousDeployKey?: string;
};

/** The private keys to log in with, the first one first. */
export function keysOf({ deployKey, previousDeployKey }: Server): string[] {
  return previousDeployKey === undefined ? [deployKey] : [deployKey, previousDeployKey];
}
