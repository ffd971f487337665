import { createHmac, generateKeyPairSync, type KeyObject, sign as signAsymmetric } from "node:crypto";

/** What a client needs: the API key, and the secret or private key that it signs with. */
export interface Signing {
  apiKey: string;
  /** An HMAC secret, or a private key. */
  signWith: string | KeyObject;
}

/** Signs as documented, independently of the emulator. */
export function sign({ signWith }: Signing, payload: string): string {
  const bytes = Buffer.from(payload, "utf8");
  if (typeof signWith === "string") {
    return createHmac("sha256", signWith).update(bytes).digest("hex");
  }
  const digest = signWith.asymmetricKeyType === "rsa" ? "sha256" : null;
  return signAsymmetric(digest, bytes, signWith).toString("base64");
}

/** A key pair as a person makes one with openssl: both keys in PEM, and the private key to sign with. */
export function makePair(type: "ed25519" | "rsa", bits = 2048) {
  const { publicKey, privateKey } =
    type === "rsa" ? generateKeyPairSync("rsa", { modulusLength: bits }) : generateKeyPairSync("ed25519");
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    privateKey,
  };
}
