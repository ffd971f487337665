/** Shorter texts than this would be found by chance. */
const minimumLength = 24;

/**
 * Texts that show that a file contains a secret: the secret itself, in hex and in base64. A private key in PEM is found
 * by each of its lines, whatever form it was set in.
 */
export function secretPatterns(secret: string): string[] {
  const patterns = secret.includes("-----BEGIN")
    ? secret.replaceAll(/-----[^-]*-----/g, " ").split(/\\r|\\n|\s+/)
    : [
        secret,
        Buffer.from(secret).toString("hex"),
        Buffer.from(secret).toString("base64").replace(/=+$/, ""),
      ];
  return patterns.filter(({ length }) => length >= minimumLength);
}
