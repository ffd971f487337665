import { createHash } from "node:crypto";

/** A Binance API key and what signs its requests. */
export interface KeyPair {
  /** Identifies the key in every request. Binance shows it at any time. */
  apiKey: string;
  /** An HMAC secret, which Binance shows once, or the PKCS#8 private key (PEM) of an Ed25519 or RSA key. */
  apiSecret: string;
}

/** The pair as it is stored on the server: one line of JSON, so that a bot never reads halves of two versions. */
export function serialize(pair: KeyPair): string {
  return JSON.stringify({ apiKey: pair.apiKey, apiSecret: pair.apiSecret });
}

/** Hex digits in a fingerprint. The server's tools make the same ones (server/rootfs). */
export const fingerprintLength = 12;

/** Matches a fingerprint and nothing else. */
export const fingerprintPattern = new RegExp(`^[0-9a-f]{${fingerprintLength}}$`);

/**
 * Names a version of the pair and reveals nothing of it: the start of the serialized pair's SHA-256. The server
 * computes the same from what it decrypts. 64 random characters can't be guessed from it.
 */
export function fingerprint(pair: KeyPair): string {
  return fingerprintOf(serialize(pair));
}

/** The same, of a pair as it is installed on the server. */
export function fingerprintOf(serialized: string): string {
  return shortHash(serialized);
}

/** Names an API key, no matter with which secret: a person's confirmation is about a key, until there is another. */
export function keyFingerprint(apiKey: string): string {
  return shortHash(apiKey);
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, fingerprintLength);
}
