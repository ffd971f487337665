/** Shorter texts than this would be found by chance. */
const minimumLength = 24;

/**
 * Texts that show that a file contains a secret: the secret itself, in hex and in base64. A private key in PEM is found
 * by each of its lines.
 */
export function secretPatterns(secret: string): string[] {
  const patterns = secret.includes("-----BEGIN")
    ? secret
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => !line.startsWith("-----"))
    : [
        secret,
        Buffer.from(secret).toString("hex"),
        Buffer.from(secret).toString("base64").replace(/=+$/, ""),
      ];
  return patterns.filter(({ length }) => length >= minimumLength);
}
