import * as z from "zod";

/** "ssh-ed25519 AAAA…" */
export const hostKey = z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/=]+$/);

/** OpenSSH's private key format. */
export const privateKey = z.string().startsWith("-----BEGIN OPENSSH PRIVATE KEY-----");

/** The server and what opens it, as `pulumi up` hands them to a script on standard input. */
export const serverInput = z.object({ ipAddress: z.ipv4(), hostKey, deployKey: privateKey });

export type ServerInput = z.output<typeof serverInput>;
