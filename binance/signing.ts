import { createHmac, createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { Call } from "./request.ts";

/** The kinds of key pairs that Binance has. */
export type KeyType = "HMAC" | "Ed25519" | "RSA";

/** Signs a payload. The secret is in its closure, so nothing can print it. */
export type Signer = (payload: string) => string;

/** Signs the query of a call, here or elsewhere, such as on the server that has the private key. */
export type QuerySigner = (query: string, call: Call) => string | Promise<string>;

/** An API key whose requests are signed elsewhere. */
export interface RemoteKey {
  apiKey: string;
  /** @throws BinanceError if there is no signature */
  sign: QuerySigner;
}

/**
 * Makes a signer that fits the kind of secret (binance-spot-api-docs, "Request security").
 *
 * @param apiSecret an HMAC secret, or the PKCS#8 private key (PEM) of an Ed25519 or RSA key
 * @returns HMAC-SHA256 in hex; RSA (PKCS1-v1_5, SHA-256) and Ed25519 in base64, not yet percent-encoded
 * @throws Error, which reveals nothing of the secret, if a private key can't be used
 */
export function signerFor(apiSecret: string): Signer {
  if (!isPem(apiSecret)) {
    return (payload) => createHmac("sha256", apiSecret).update(payload).digest("hex");
  }
  const key = readPrivateKey(apiSecret);
  // Ed25519 hashes by itself and accepts no other digest.
  const digest = typeOf(key) === "RSA" ? "sha256" : null;
  return (payload) => sign(digest, Buffer.from(payload), key).toString("base64");
}

/**
 * @param apiSecret an HMAC secret, or the private key (PEM) of an Ed25519 or RSA key
 * @throws Error, which reveals nothing of the secret, if a private key can't be used
 */
export function keyType(apiSecret: string): KeyType {
  return isPem(apiSecret) ? typeOf(readPrivateKey(apiSecret)) : "HMAC";
}

function isPem(apiSecret: string): boolean {
  return apiSecret.trimStart().startsWith("-----BEGIN");
}

function typeOf({ asymmetricKeyType }: KeyObject): KeyType {
  if (asymmetricKeyType === "ed25519") {
    return "Ed25519";
  }
  if (asymmetricKeyType === "rsa") {
    return "RSA";
  }
  throw new Error("The private key is neither an Ed25519 nor an RSA key.");
}

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // Without the parser's message: nothing guarantees that it never quotes what it read.
    throw new Error("The private key can't be read.");
  }
}
