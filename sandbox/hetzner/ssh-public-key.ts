import { createHash } from "node:crypto";

/**
 * @returns the fingerprint that Hetzner shows: MD5 in hex, separated by colons; undefined if the text isn't an OpenSSH
 * public key
 */
export function fingerprintOf(publicKey: string): string | undefined {
  const [type = "", encoded = ""] = publicKey.trim().split(/\s+/);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) {
    return undefined;
  }
  const blob = Buffer.from(encoded, "base64");
  // The blob begins with its own type: four bytes of length, then the name.
  if (blob.length < 4) {
    return undefined;
  }
  const length = blob.readUInt32BE(0);
  if (blob.toString("latin1", 4, 4 + length) !== type || blob.length <= 4 + length) {
    return undefined;
  }
  return createHash("md5")
    .update(blob)
    .digest("hex")
    .replace(/..(?!$)/g, "$&:");
}
