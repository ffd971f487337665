import { createHmac, generateKeyPairSync, verify } from "node:crypto";
import { inspect } from "node:util";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Call, plainTarget, queryToSign, signedTarget } from "../../binance/request.ts";
import { type Signer, signerFor } from "../../binance/signing.ts";
import { leaks, token } from "../arbitraries.ts";

const call = { method: "GET", path: "/api/v3/x", security: "SIGNED" } as const;

function targetOf(signed: Call, timestamp: number, sign: Signer): string {
  const query = queryToSign(signed, timestamp);
  return signedTarget(signed, query, sign(query));
}

test("HMAC signs as in the documentation's example", () => {
  // binance-spot-api-docs, "SIGNED Endpoint Examples for POST /api/v3/order".
  const sign = signerFor("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j");
  const payload =
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559";
  expect(sign(payload)).toBe("c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71");
});

test.each(["ed25519", "rsa"] as const)("%s signatures are verified by the public key", (type) => {
  const { privateKey, publicKey } =
    type === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const target = targetOf(call, 1, signerFor(pem));
  const [payload = "", signature = ""] = (target.split("?")[1] ?? "").split("&signature=");
  expect(signature).toMatch(/^[A-Za-z0-9%]+$/);
  const bytes = Buffer.from(decodeURIComponent(signature), "base64");
  expect(verify(type === "rsa" ? "sha256" : null, Buffer.from(payload), publicKey, bytes)).toBe(true);
});

test("the percent-encoded query is what is signed, whatever it contains", () => {
  const secret = "s".repeat(64);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (value) => {
      const target = targetOf({ ...call, parameters: { value } }, 1499827319559, signerFor(secret));
      const [payload = "", signature] = target.slice("/api/v3/x?".length).split("&signature=");
      expect(target).toMatch(/^[\x21-\x7e]+$/);
      expect(signature).toBe(createHmac("sha256", secret).update(payload).digest("hex"));
      expect(new URLSearchParams(payload.replaceAll("+", "%2B")).get("value")).toBe(value);
    }),
  );
});

test("a public call is not signed", () => {
  expect(plainTarget({ ...call, security: "NONE" })).toBe("/api/v3/x");
});

test("a public call may have parameters, which are percent-encoded", () => {
  const parameters = { symbols: '["BTC USDC"]', limit: "5" };
  expect(plainTarget({ ...call, security: "NONE", parameters })).toBe(
    "/api/v3/x?symbols=%5B%22BTC%20USDC%22%5D&limit=5",
  );
});

test("a signed call has its time and how long it is valid", () => {
  const [, query = ""] = targetOf(call, 1499827319559, () => "a+b/=").split("?");
  expect(query).toBe("recvWindow=5000&timestamp=1499827319559&signature=a%2Bb%2F%3D");
});

test("a key of another kind can't sign", () => {
  const { privateKey } = generateKeyPairSync("x25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  expect(() => signerFor(pem)).toThrow("neither an Ed25519 nor an RSA key");
  expect(() => signerFor(`\n${pem}`)).toThrow("neither an Ed25519 nor an RSA key");
});

test("a signer reveals nothing of its secret, nor does a key that can't be read", () => {
  fc.assert(
    fc.property(token, (secret) => {
      expect(leaks(inspect(signerFor(secret), { depth: 9, showHidden: true }), secret)).toBe(false);
      const broken = `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`;
      let shown = "";
      try {
        signerFor(broken);
      } catch (error) {
        shown = inspect(error, { depth: 9, showHidden: true });
      }
      expect(shown).toContain("can't be read");
      expect(leaks(shown, secret)).toBe(false);
    }),
  );
});
