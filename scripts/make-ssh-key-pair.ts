import { generateKeyPair } from "./lib/ssh/key.ts";

// Prints a new Ed25519 key pair, the private key first. `pulumi up` runs this once for each key of the stack, and keeps
// what it prints, encrypted. It writes no file. COMMENT is the key's name.

const { privateKey, publicKey } = generateKeyPair(process.env.COMMENT ?? "");
process.stdout.write(`${privateKey}${publicKey}\n`);
