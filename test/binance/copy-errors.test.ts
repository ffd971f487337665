import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { findCopyErrors } from "../../binance/copy-errors.ts";
import { leaks, token, tokenPair } from "../arbitraries.ts";

const apiKey = "k".repeat(32) + "K".repeat(32);
const apiSecret = "s".repeat(32) + "S".repeat(32);

/** The errors in a secret next to a sound key, as sentences. */
function problemsOf(secret: string): string[] {
  return findCopyErrors(apiKey, secret).map(({ severity, problem }) => `${severity}: ${problem}`);
}

function pem(type: "ed25519" | "x25519"): string {
  const { privateKey } = type === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("x25519");
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

describe("a correct pair", () => {
  test("is accepted, with any letters and digits", () => {
    fc.assert(
      fc.property(tokenPair, (pair) => {
        expect(findCopyErrors(pair.apiKey, pair.apiSecret)).toEqual([]);
      }),
    );
  });

  test("may be an Ed25519 private key in PEM", () => {
    expect(problemsOf(pem("ed25519"))).toEqual([]);
  });

  test("may be an RSA private key in PEM", () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    expect(problemsOf(privateKey.export({ type: "pkcs8", format: "pem" }).toString())).toEqual([]);
  });

  test("may be missing completely", () => {
    expect(findCopyErrors(undefined, undefined)).toEqual([]);
  });
});

describe("a value from a file in UTF-16 is named as that", () => {
  // What Pulumi shows of bytes that aren't UTF-8.
  const shown = (bytes: Buffer): string => bytes.toString("utf8").replaceAll(/\ufffd+/g, "\ufffd\ufffd");
  const little = (text: string): Buffer => Buffer.from(text, "utf16le");
  const big = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();
  const mark = "\ufeff";

  test.each<[string, (text: string) => string]>([
    ["from PowerShell", (text) => shown(little(mark + text))],
    ["with the other order of bytes", (text) => shown(big(mark + text))],
    ["without a mark", (text) => shown(little(text))],
    ["without a mark, with the other order of bytes", (text) => shown(big(text))],
    ["as Latin-1", (text) => little(mark + text).toString("latin1")],
    ["without its last line end", (text) => shown(little(mark + text)).replace(/\n\0$/, "")],
    ["cut in the middle of a character", (text) => shown(little(mark + text)).slice(0, -1)],
  ])("%s", (_, inUtf16) => {
    for (const text of [
      apiSecret,
      `${apiSecret}\r\n`,
      pem("ed25519"),
      pem("ed25519").replaceAll("\n", "\r\n"),
    ]) {
      const secret = inUtf16(text);
      expect(problemsOf(secret)).toEqual(["error: is from a file in UTF-16, as PowerShell's `>` writes it"]);
      expect(findCopyErrors(secret, apiSecret)).toMatchObject([{ value: "apiKey", severity: "error" }]);
      expect(leaks(JSON.stringify(findCopyErrors(apiKey, secret)), apiSecret)).toBe(false);
    }
  });

  test("no usual value is taken for one", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }).filter((text) => !text.includes("\0")),
        (text) => {
          expect(problemsOf(text).join()).not.toContain("UTF-16");
        },
      ),
    );
  });
});

describe("a mistake in copying is named", () => {
  test.each([
    ["white space in front", ` ${apiSecret}`, "error: starts with white space"],
    ["a line break behind", `${apiSecret}\n`, "error: ends with white space or a line break"],
    [
      "a line break inside",
      `${apiSecret.slice(0, 30)}\r\n${apiSecret.slice(30)}`,
      "error: has a line break inside",
    ],
    [
      "white space inside",
      `${apiSecret.slice(0, 30)} ${apiSecret.slice(30)}`,
      "error: has white space inside",
    ],
    ["quotes around it", `"${apiSecret}"`, "error: has quotes in or around it"],
    ["curly quotes around it", `“${apiSecret}”`, "error: has quotes in or around it"],
    ["a zero-width space", `${apiSecret}\u200b`, "error: has an invisible character (U+200B)"],
    ["a soft hyphen", `so\u00adft${apiSecret}`, "error: has an invisible character (U+00AD)"],
    ["a control character", `${apiSecret}\u0007`, "error: has an invisible character (U+0007)"],
    [
      "a letter of another alphabet",
      `${apiSecret}\u0430`,
      "error: has a character other than plain letters and digits",
    ],
    ["nothing at all", "", "error: is empty"],
    ["the end cut off", apiSecret.slice(0, 62), "warning: has 62 characters; 64 are usual"],
    ["other signs", `${apiSecret.slice(0, 63)}$`, "warning: has characters other than letters and digits"],
    ["the key once more", apiKey, "error: is the same as the API key"],
    [
      "a private key that is cut off",
      pem("ed25519").slice(0, 60),
      "error: looks like a private key that is cut off, or that has a changed last line",
    ],
    [
      "a name in front",
      `apiKey=${apiSecret}`,
      "error: starts with a name, such as apiKey=, which isn't part of it",
    ],
    [
      "a name in quotes in front",
      `"api-secret": "${apiSecret}"`,
      "error: starts with a name, such as apiKey=, which isn't part of it",
    ],
    ["a comma behind", `${apiSecret},`, "error: ends with a comma or a semicolon, which isn't part of it"],
    [
      "a masked value",
      `${apiSecret.slice(0, 6)}****${apiSecret.slice(-6)}`,
      "error: is masked: it has asterisks or dots in place of characters",
    ],
    [
      "a shortened value",
      `${apiSecret.slice(0, 6)}…`,
      "error: is masked: it has asterisks or dots in place of characters",
    ],
    [
      "a private key of another kind",
      pem("x25519"),
      "error: is a private key of type x25519; Binance accepts Ed25519 and RSA",
    ],
    ["a path", "/home/me/private.pem", "error: is the path of a file, and not what the file contains"],
    ["a path for curl", "@private.pem", "error: is the path of a file, and not what the file contains"],
    ["a path at home", "~/binance", "error: is the path of a file, and not what the file contains"],
    ["a path of Windows", "C:\\Keys\\b.pem", "error: is the path of a file, and not what the file contains"],
    ["a public key", "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----", "error: is a public key"],
  ])("%s", (_, secret, expected) => {
    expect(problemsOf(secret)).toContain(expected);
  });

  test("one half that is missing", () => {
    expect(findCopyErrors(apiKey, undefined)).toMatchObject([{ value: "apiSecret", severity: "error" }]);
    expect(findCopyErrors(undefined, apiSecret)).toMatchObject([{ value: "apiKey", severity: "error" }]);
  });

  test("values that look swapped", () => {
    expect(findCopyErrors(pem("ed25519"), apiKey)).toMatchObject([
      { value: "apiKey", severity: "error", problem: expect.stringContaining("swapped") },
    ]);
  });

  test("any character that is neither a letter, a digit nor a sign is an error", () => {
    const odd = fc
      .string({ unit: "binary", minLength: 1, maxLength: 3 })
      .filter((text) => !/^[\x21-\x7e]*$/.test(text));
    fc.assert(
      fc.property(token, odd, fc.nat(64), (secret, inserted, at) => {
        const damaged = secret.slice(0, at) + inserted + secret.slice(at);
        expect(findCopyErrors(apiKey, damaged).map(({ severity }) => severity)).toContain("error");
      }),
    );
  });
});

// copy-errors.test.ts.snap has the texts that people read: a change of a text shows there.
describe("everything that is said about a mistake", () => {
  const publicKey = "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----";
  const encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----";

  test.each<[string, string | undefined, string | undefined]>([
    ["no secret", apiKey, undefined],
    ["no key", undefined, apiSecret],
    ["a PEM as the key", "-----BEGIN PUBLIC KEY-----\nMCow", apiSecret],
    ["the values swapped", pem("ed25519"), apiKey],
    ["a private key in both", pem("ed25519"), pem("ed25519")],
    ["an empty key", "  ", apiSecret],
    ["both empty", "", ""],
    ["white space everywhere", ` ${apiKey}\n`, `\t${apiSecret} `],
    ["white space inside", apiKey, `${apiSecret.slice(1)} x`],
    ["a line break inside", `${apiKey}\nx`, apiSecret],
    ["the same value twice", apiKey, apiKey],
    ["the same value, the key with white space", ` ${apiKey}`, apiKey],
    ["both of white space", " ", "\t"],
    ["the same value with white space", apiKey, `${apiKey} `],
    ["a quote and an invisible character", apiKey, `"\u200b${apiSecret}`],
    ["an umlaut inside", apiKey, `ü${apiSecret}`],
    ["too short", apiKey.slice(1), apiSecret],
    ["too long", apiKey, `${apiSecret}1`],
    ["other characters", apiKey, `$${apiSecret}`],
    ["other characters at the end", apiKey, `${apiSecret}$`],
    ["a public key", apiKey, publicKey],
    ["a key with a passphrase", apiKey, encrypted],
    ["a key of another type", apiKey, pem("x25519")],
    ["a damaged key", apiKey, "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"],
    ["a key after white space", apiKey, `\n ${pem("ed25519")}`],
    ["a word that ends like a PEM", apiKey, "x-----BEGIN"],
  ])("%s", (_, key, secret) => {
    expect(findCopyErrors(key, secret)).toMatchSnapshot();
  });
});

test("no message reveals anything of the values", () => {
  const damages = fc.constantFrom(" ", "\n", '"', "\u200b", "é", "$", "-----BEGIN PRIVATE KEY-----", "");
  fc.assert(
    fc.property(tokenPair, damages, damages, (pair, inKey, inSecret) => {
      const shown = JSON.stringify(findCopyErrors(inKey + pair.apiKey, pair.apiSecret + inSecret));
      expect(leaks(shown, pair.apiKey) || leaks(shown, pair.apiSecret)).toBe(false);
    }),
  );
});
