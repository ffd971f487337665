import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { findMadePairErrors, readConfiguredPair } from "../../binance/made-pair.ts";
import { publicKeyPem, readPublicKey } from "../../binance/public-key.ts";

const { publicKey: key, privateKey } = generateKeyPairSync("ed25519");
const publicKey = bodyOf(key);
const pem = publicKeyPem(publicKey);
const apiKey = "aZ09".repeat(16);

const privateBody = privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");

function rsaPrivateBody(): string {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return pair.privateKey.export({ type: "pkcs1", format: "der" }).toString("base64");
}

function bodyOf(object: KeyObject): string {
  return object.export({ type: "spki", format: "der" }).toString("base64");
}

describe("a public key", () => {
  test.each([
    ["only its text", publicKey],
    ["PEM", pem],
    ["PEM with other line ends", pem.replaceAll("\n", "\r\n")],
    ["PEM with literal line ends", pem.replaceAll("\n", "\\n")],
    ["PEM with spaces in place of line ends", pem.replaceAll("\n", " ")],
    ["white space around it", `  ${publicKey}\n`],
  ])("is read from %s", (_, text) => {
    expect(readPublicKey(text)).toEqual({ ok: true, publicKey });
  });

  test.each([
    ["a private key", privateKey.export({ type: "pkcs8", format: "pem" }).toString(), "is a private key"],
    ["the text of a private key", privateBody, "is a private key"],
    ["the text of an RSA private key", rsaPrivateBody(), "is a private key"],
    ["a part of a private key", privateBody.slice(0, 40), "is a private key"],
    [
      "an RSA key",
      bodyOf(generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey),
      "is a public key of type rsa, not Ed25519",
    ],
    ["a path", "/home/me/public.pem", "is not a public key"],
    ["a part of it", publicKey.slice(8), "is not a public key"],
    ["nothing", "", "is not a public key"],
  ])("isn't %s", (_, text, problem) => {
    expect(readPublicKey(text)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });
});

describe("a pair of the settings", () => {
  test("has a public key in place of a secret", () => {
    const values = { apiKey, apiSecret: undefined, publicKey: pem };
    expect(findMadePairErrors(values)).toEqual([]);
    expect(readConfiguredPair(values)).toEqual({ apiKey, publicKey });
  });

  test("may still have a secret, or be missing", () => {
    const apiSecret = "s".repeat(64);
    expect(readConfiguredPair({ apiKey, apiSecret, publicKey: undefined })).toEqual({ apiKey, apiSecret });
    expect(
      readConfiguredPair({ apiKey: undefined, apiSecret: undefined, publicKey: undefined }),
    ).toBeUndefined();
    expect(findMadePairErrors({ apiKey, apiSecret, publicKey: undefined })).toEqual([]);
  });

  test("with a private key in place of the public one is refused, because that key is exposed", () => {
    expect(findMadePairErrors({ apiKey, apiSecret: undefined, publicKey: privateBody })).toEqual([
      expect.objectContaining({
        problem: "is a private key",
        remedy: expect.stringMatching(/knows it\. Don't use this key: delete its API key at Binance\./),
      }),
    ]);
  });

  test.each<[string, Partial<Parameters<typeof findMadePairErrors>[0]>, string]>([
    ["both a secret and a public key", { apiSecret: "s" }, "pulumi config rm binance:publicKey"],
    ["no API key", { apiKey: undefined }, "pulumi config set --secret binance:apiKey"],
    ["a damaged API key", { apiKey: ` ${apiKey}` }, "pulumi config set --secret binance:apiKey"],
    ["something other than a public key", { publicKey: "x" }, "pulumi config rm binance:publicKey"],
  ])("with %s is refused, with the command that fixes it", (_, change, command) => {
    const values = { apiKey, apiSecret: undefined, publicKey, ...change };
    expect(findMadePairErrors(values).map((error) => error.command)).toEqual([command]);
    expect(readConfiguredPair(values)).toBeUndefined();
  });
});
