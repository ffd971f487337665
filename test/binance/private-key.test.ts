import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { findCopyErrors, readPair } from "../../binance/copy-errors.ts";
import { looksLikeKeyFile, readPrivateKey } from "../../binance/private-key.ts";
import { signerFor } from "../../binance/signing.ts";
import { leaks, token } from "../arbitraries.ts";

const apiKey = "k".repeat(64);
const ed25519 = generateKeyPairSync("ed25519");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pkcs8 = ed25519.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const keys = {
  "an Ed25519 key": pkcs8,
  "an RSA key": rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  "an RSA key in PKCS#1": rsa.privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
};
const publicKey = ed25519.publicKey.export({ type: "spki", format: "pem" }).toString();

/** A PEM text's lines between the first and the last. */
function bodyOf(pem: string): string {
  return pem.split("\n").slice(1, -2).join("\n");
}

function normalized(apiSecret: string): string {
  return readPair(apiKey, apiSecret).pair?.apiSecret ?? "";
}

describe.each(Object.entries(keys))("%s", (_, pem) => {
  test.each<[string, string]>([
    ["with the line ends of Windows", pem.replaceAll("\n", "\r\n")],
    ["with the line ends of an old Mac", pem.replaceAll("\n", "\r")],
    ["with a literal \\n for each line end", pem.replaceAll("\n", "\\n")],
    ["with a literal \\r\\n for each line end", pem.replaceAll("\n", "\\r\\n")],
    ["as JSON writes it", JSON.stringify(pem)],
    ["with spaces for line ends", pem.replaceAll("\n", " ")],
    ["without line ends", pem.replaceAll("\n", "")],
    ["indented", pem.replaceAll(/^/gm, "    ")],
    ["with white space around it", `\n  ${pem}\n\n`],
    ["after a name", `PRIVATE_KEY="${pem}"`],
    ["with its public key below", `${pem}${publicKey}`],
  ])("%s is normalized", (__, given) => {
    expect(findCopyErrors(apiKey, given)).toEqual([]);
    expect(normalized(given)).toBe(pem);
  });

  test("in any mix of these forms is the same key, and signs", () => {
    const end = fc.constantFrom("\n", "\r\n", "\r", "\\n", "\\r\\n", " ", "\n\t", "");
    const lines = pem.trimEnd().split("\n");
    const ends = fc.array(end, { minLength: lines.length, maxLength: lines.length });
    fc.assert(
      fc.property(ends, fc.constantFrom("", " ", "\n", '"'), (chosen, around) => {
        const given = around + lines.map((line, index) => line + (chosen[index] ?? "")).join("") + around;
        expect(createPrivateKey(normalized(given)).equals(createPrivateKey(pem))).toBe(true);
        expect(normalized(given)).not.toMatch(/\r|\\/);
        expect(signerFor(normalized(given))("payload")).not.toBe("");
      }),
      { numRuns: 50 },
    );
  });

  test("that is well formed stays as it is, so that a live pair isn't a new one after an update", () => {
    const unwrapped = pem.replace(bodyOf(pem), bodyOf(pem).replaceAll("\n", ""));
    for (const given of [pem, pem.trimEnd(), unwrapped]) {
      expect(normalized(given)).toBe(given);
    }
  });
});

/** The body of a PEM text with more bytes behind it, in base64. */
function withMore(pem: string): string {
  const der = Buffer.from(bodyOf(pem), "base64");
  return Buffer.concat([der, Buffer.from([1, 2, 3])]).toString("base64");
}

test.each<[string, string, string]>([
  [
    "the label of PKCS#1 around PKCS#8",
    keys["an RSA key"].replaceAll("PRIVATE KEY", "RSA PRIVATE KEY"),
    keys["an RSA key"],
  ],
  ["more bytes behind an Ed25519 key", pkcs8.replace(bodyOf(pkcs8), withMore(pkcs8)), pkcs8],
  [
    "more bytes behind an RSA key",
    keys["an RSA key"].replace(bodyOf(keys["an RSA key"]), withMore(keys["an RSA key"])),
    keys["an RSA key"],
  ],
])("what OpenSSL reads and Python doesn't is exported again: %s", (_, given, expected) => {
  expect(findCopyErrors(apiKey, given)).toEqual([]);
  expect(normalized(given)).toBe(expected);
});

test("an HMAC secret is never taken for a key", () => {
  fc.assert(
    fc.property(token, (secret) => {
      expect(looksLikeKeyFile(secret)).toBe(false);
      expect(normalized(secret)).toBe(secret);
    }),
  );
});

describe("what isn't a private key for Binance is refused by its name", () => {
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const encrypted = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" } as const;
  const traditional = { ...encrypted, type: "pkcs1" } as const;
  const block = (label: string) => `-----BEGIN ${label}-----\n${bodyOf(pkcs8)}\n-----END ${label}-----\n`;

  test.each<[string, string]>([
    ["a key in OpenSSH's format", block("OPENSSH PRIVATE KEY")],
    ["a key with a passphrase", ed25519.privateKey.export(encrypted).toString()],
    ["an old form of a key with a passphrase", rsa.privateKey.export(traditional).toString()],
    ["only the body", bodyOf(pkcs8)],
    ["only the body of an RSA key", bodyOf(keys["an RSA key"])],
    ["only the body of an RSA key in PKCS#1", bodyOf(keys["an RSA key in PKCS#1"])],
    ["only the first line of an RSA key's body", bodyOf(keys["an RSA key"]).slice(0, 64)],
    ["the same in PKCS#1", bodyOf(keys["an RSA key in PKCS#1"]).slice(0, 64)],
    ["only the first line", "-----BEGIN PRIVATE KEY-----"],
    ["the first line with typographic dashes", pkcs8.replaceAll("-----", "—")],
    ["without the last line", pkcs8.slice(0, -30)],
    ["with a damaged body", pkcs8.replace("MC4C", "MC4D")],
    ["with a character that doesn't belong there", pkcs8.replace("MC4C", "MC4C\u200b")],
    ["a public key", publicKey],
    ["only the body of a public key", bodyOf(publicKey)],
    ["a certificate", block("CERTIFICATE")],
    ["a PEM text of another kind", block("DH PARAMETERS")],
    ["a key of another type", ec.privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["another type in its old form", ec.privateKey.export({ type: "sec1", format: "pem" }).toString()],
    ["two keys", pkcs8 + keys["an RSA key"]],
    ["an SSH public key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@laptop"],
    ["a key file in base64", Buffer.from(pkcs8).toString("base64")],
    ["a key of PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none"],
  ])("%s", (_, given) => {
    const reading = readPrivateKey(given);
    expect(reading).toMatchSnapshot();
    expect(looksLikeKeyFile(given)).toBe(true);
    expect(findCopyErrors(apiKey, given)).toMatchObject([
      { value: "apiSecret", severity: "error", severalLines: true },
    ]);
    expect(readPair(apiKey, given).pair).toBeUndefined();
    expect(leaks(JSON.stringify(reading), bodyOf(pkcs8))).toBe(false);
  });
});
