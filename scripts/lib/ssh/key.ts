import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import * as z from "zod";
import { UserError } from "../command/user-error.ts";
import { sshString, uint32, WireReader } from "./wire.ts";

// OpenSSH's format for private keys, without a passphrase: what `pulumi up` keeps in the stack, encrypted. Keys are made
// and used in memory, because ssh-keygen and ssh would need them in a file.

/** An Ed25519 key as an SSH agent needs it. */
export interface SigningKey {
  /** The public key in SSH's wire format. */
  publicKey: Buffer;
  privateKey: KeyObject;
}

export interface KeyPairTexts {
  /** In OpenSSH's format for private keys. */
  privateKey: string;
  /** "ssh-ed25519 AAAA… COMMENT". */
  publicKey: string;
}

const type = "ssh-ed25519";
const magic = "openssh-key-v1\0";
const pem = /^-----BEGIN OPENSSH PRIVATE KEY-----\n([A-Za-z0-9+/=\n]+)-----END OPENSSH PRIVATE KEY-----\n?$/;

/** The halves of a key in Node's export. */
const halves = z.object({ x: z.string(), d: z.string() });

/** Makes a new Ed25519 key pair. */
export function generateKeyPair(comment: string): KeyPairTexts {
  const { x, d } = halves.parse(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }));
  const point = Buffer.from(x, "base64url");
  const publicBlob = Buffer.concat([sshString(type), sshString(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    publicBlob,
    sshString(Buffer.concat([Buffer.from(d, "base64url"), point])),
    sshString(comment),
  ]);
  // Filled up to a multiple of 8 with the bytes 1, 2, 3, …
  const padding = Buffer.from(Array.from({ length: -secret.length & 7 }, (_, index) => index + 1));
  const file = Buffer.concat([
    Buffer.from(magic),
    // No cipher, no key derivation, no options of it, one key.
    ...["none", "none", ""].map(sshString),
    uint32(1),
    sshString(publicBlob),
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = file.toString("base64").replaceAll(/.{1,70}/g, "$&\n");
  return {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: `${type} ${publicBlob.toString("base64")} ${comment}`,
  };
}

/** The public half of a private key: "ssh-ed25519 AAAA…", without a comment. @throws UserError if it is damaged */
export function publicKeyOf(privateKey: string): string {
  return `${type} ${parsePrivateKey(privateKey).publicKey.toString("base64")}`;
}

/**
 * Reads a private key, as `generateKeyPair` and ssh-keygen write it.
 *
 * @throws UserError that shows nothing of the key
 */
export function parsePrivateKey(text: string): SigningKey {
  try {
    const file = new WireReader(Buffer.from(pem.exec(text)?.[1] ?? "", "base64"));
    file.take(magic.length);
    const cipher = file.string().toString();
    file.string();
    file.string();
    file.uint32();
    const publicKey = file.string();
    const secret = new WireReader(file.string());
    secret.take(8);
    if (cipher === "none" && secret.string().toString() === type) {
      const x = secret.string().toString("base64url");
      const d = secret.string().subarray(0, 32).toString("base64url");
      const key = { kty: "OKP", crv: "Ed25519", x, d };
      return { publicKey, privateKey: createPrivateKey({ format: "jwk", key }) };
    }
  } catch {
    // The error could show a part of the key.
  }
  throw new UserError(
    "The stack's deploy key is damaged: it isn't an Ed25519 key in OpenSSH's format. Restore the stack's state from a backup, or from an older version in Pulumi Cloud.",
  );
}
