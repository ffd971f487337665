import { createPublicKey, type KeyObject, randomInt } from "node:crypto";
import { RuleViolation } from "../../emulator/rule-violation.ts";
import type { KeyRequest } from "../control-protocol.ts";
import type { Credential } from "../signature.ts";

/** A new secret, or the person's public key. @throws RuleViolation if Binance wouldn't accept it */
export function newCredential({ type, publicKey }: KeyRequest): Credential {
  if (type === "hmac") {
    if (publicKey !== undefined) {
      throw new RuleViolation("a system-generated key takes no public key");
    }
    return { type, secret: randomText() };
  }
  const key = readPublicKey(publicKey ?? "");
  if (key.asymmetricKeyType !== type) {
    throw new RuleViolation(`the public key isn't an ${type} key`);
  }
  // Documented in the FAQ on key types.
  if (type === "rsa" && ![2048, 4096].includes(key.asymmetricKeyDetails?.modulusLength ?? 0)) {
    throw new RuleViolation("an RSA key has 2048 or 4096 bits");
  }
  return { type, publicKey: key };
}

function readPublicKey(pem: string): KeyObject {
  // createPublicKey() also accepts a private key, which nobody should send to Binance.
  if (!pem.trimStart().startsWith("-----BEGIN PUBLIC KEY-----")) {
    throw new RuleViolation("the public key must be a PEM text that begins with -----BEGIN PUBLIC KEY-----");
  }
  try {
    return createPublicKey(pem);
  } catch {
    throw new RuleViolation("the public key can't be read");
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Keys and secrets look like this in all of the documentation's examples. */
export function randomText(): string {
  return Array.from({ length: 64 }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}
