import { createPublicKey, type KeyObject } from "node:crypto";

/** What a text is that should be an Ed25519 public key. */
export type PublicKeyReading =
  /** The body of the PEM form in one line, which is how the server writes it as well. */
  | { ok: true; publicKey: string }
  /** `problem` continues a sentence after the value's name: "is a private key". */
  | { ok: false; problem: string; isPrivate?: boolean };

/** Reads an Ed25519 public key: PEM, in any form that settings give it, or only the base64 text between its lines. */
export function readPublicKey(text: string): PublicKeyReading {
  const body = text.replaceAll(/-{2,}[A-Z ]*-{2,}|\\r|\\n|\s/g, "");
  if (text.includes("PRIVATE KEY") || isPrivateKey(body)) {
    return { ok: false, problem: "is a private key", isPrivate: true };
  }
  const key = /^[A-Za-z0-9+/]+=*$/.test(body) ? parse(body) : undefined;
  if (key === undefined) {
    return { ok: false, problem: "is not a public key, neither in PEM nor only the text between its lines" };
  }
  if (key.asymmetricKeyType !== "ed25519") {
    return {
      ok: false,
      problem: `is a public key of type ${key.asymmetricKeyType ?? "unknown"}, not Ed25519`,
    };
  }
  return { ok: true, publicKey: key.export({ type: "spki", format: "der" }).toString("base64") };
}

/** A public key in PEM, as it is pasted at Binance. */
export function publicKeyPem(publicKey: string): string {
  return `-----BEGIN PUBLIC KEY-----\n${publicKey}\n-----END PUBLIC KEY-----\n`;
}

/** Whether this is the text between the lines of a private key: in all of its forms, it begins with a version. */
function isPrivateKey(body: string): boolean {
  return /^30(?:[0-7].|81..|82.{4})02010[01]/.test(Buffer.from(body, "base64").toString("hex"));
}

/** @returns undefined if it can't be read */
function parse(body: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(body, "base64"), format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}
