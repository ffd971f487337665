import { createHash } from "node:crypto";
import * as z from "zod";
import { parseJson } from "./json.ts";

/** A Binance API key and what signs its requests. */
export interface KeyPair {
  /** Identifies the key in every request. Binance shows it at any time. */
  apiKey: string;
  /** An HMAC secret, which Binance shows once, or the PKCS#8 private key (PEM) of an Ed25519 or RSA key. */
  apiSecret: string;
}

/** A pair whose private key was made on the server and never leaves it (`npm run make-key`). */
export interface MadeKeyPair {
  apiKey: string;
  /** The Ed25519 public key, as public-key.ts reads it. */
  publicKey: string;
}

/** A pair as the settings have it. */
export type ConfiguredKeyPair = KeyPair | MadeKeyPair;

export function isMade(pair: ConfiguredKeyPair): pair is MadeKeyPair {
  return "publicKey" in pair;
}

/**
 * The pair as it is sent to the server and stored there: one line of JSON, so that a bot never reads halves of two
 * versions. To one that was made there, the server adds the private key.
 */
export function serialize(pair: ConfiguredKeyPair): string {
  return isMade(pair)
    ? JSON.stringify({ apiKey: pair.apiKey, publicKey: pair.publicKey })
    : JSON.stringify({ apiKey: pair.apiKey, apiSecret: pair.apiSecret });
}

/** Hex digits in a fingerprint. The server's tools make the same ones (server/rootfs). */
export const fingerprintLength = 12;

/** Matches a fingerprint and nothing else. */
export const fingerprintPattern = new RegExp(`^[0-9a-f]{${fingerprintLength}}$`);

/**
 * Names a version of the pair and reveals nothing of it: the start of the serialized pair's SHA-256. The server
 * computes the same from what it decrypts. 64 random characters can't be guessed from it. Of a pair that was made on the
 * server, it is a hash of the API key and the public key, because nobody else has the private key.
 */
export function fingerprint(pair: ConfiguredKeyPair): string {
  return shortHash(serialize(pair));
}

const storedMadePair = z.object({ apiKey: z.string(), publicKey: z.string() });

/** The same, of a pair as it is installed on the server: root_tools/credentials.py does this in the same way. */
export function fingerprintOf(serialized: string): string {
  const made = storedMadePair.safeParse(parseJson(serialized)).data;
  return made === undefined ? shortHash(serialized) : fingerprint(made);
}

/** Names an API key, no matter with which secret: a person's confirmation is about a key, until there is another. */
export function keyFingerprint(apiKey: string): string {
  return shortHash(apiKey);
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, fingerprintLength);
}
