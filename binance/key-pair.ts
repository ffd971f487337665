import { createHash } from "node:crypto";

/** An API key of Binance and what signs its requests. */
export interface KeyPair {
  /** Names the key in every request; Binance shows it at any time. */
  apiKey: string;
  /** An HMAC secret, which Binance shows once, or the PKCS#8 private key (PEM) of an Ed25519 or RSA key. */
  apiSecret: string;
}

/** The pair as it rests on the server: one line of JSON, so that a bot never sees halves of two versions. */
export function serialize(pair: KeyPair): string {
  return JSON.stringify({ apiKey: pair.apiKey, apiSecret: pair.apiSecret });
}

/**
 * Names a version of the pair without telling anything of it: the first 12 hex digits of the serialized
 * pair's SHA-256. The server computes the same of what it has decrypted. 64 random characters can't be
 * guessed from it.
 */
export function fingerprint(pair: KeyPair): string {
  return createHash("sha256").update(serialize(pair)).digest("hex").slice(0, 12);
}

/**
 * Names an API key, whatever its secret is: what a person confirms about a key holds until there is another.
 *
 * @returns 12 hex digits
 */
export function keyFingerprint(apiKey: string): string {
  return createHash("sha256").update(apiKey).digest("hex").slice(0, 12);
}
