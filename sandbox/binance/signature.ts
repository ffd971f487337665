import { createHmac, type KeyObject, timingSafeEqual, verify } from "node:crypto";

/** The secret or public key that checks a key's signatures. */
export type Credential =
  | { type: "hmac"; secret: string }
  | { type: "ed25519"; publicKey: KeyObject }
  | { type: "rsa"; publicKey: KeyObject };

/**
 * Documented: HMAC-SHA256 in hex of any case; RSA as PKCS1-v1_5 with SHA-256 and Ed25519, both in base64 of that
 * case. Since January 2026 the payload must be percent-encoded before it is signed.
 */
export function isValidSignature(credential: Credential, payload: Buffer, signature: string): boolean {
  if (payload.some((byte) => byte > 0x7f)) {
    return false;
  }
  if (credential.type === "hmac") {
    const expected = createHmac("sha256", credential.secret).update(payload).digest();
    return /^[0-9a-f]{64}$/i.test(signature) && timingSafeEqual(expected, Buffer.from(signature, "hex"));
  }
  const bytes = Buffer.from(signature, "base64");
  // Buffer ignores characters that aren't base64.
  if (bytes.toString("base64") !== signature) {
    return false;
  }
  return verify(credential.type === "rsa" ? "sha256" : null, payload, credential.publicKey, bytes);
}
