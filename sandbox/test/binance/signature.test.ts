import { createPublicKey } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readParameters } from "../../binance/parameters.ts";
import { type Credential, isValidSignature } from "../../binance/signature.ts";
import { makePair, sign } from "./support/signing.ts";

// The sample in the documentation's rest-api.md, "SIGNED Endpoint Examples", of July 2026. Its Ed25519 samples can't be
// used: their signatures don't match their keys.
const sample: Credential = {
  type: "hmac",
  secret: "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
};
const rest =
  "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559";
const ascii = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";
const unicode = "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3";
const fullWidth = "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96";

describe("the documentation's sample", () => {
  test.each([
    ["in the query", `symbol=LTCBTC&${rest}&signature=${ascii}`, "", ascii],
    ["in the body", "", `symbol=LTCBTC&${rest}&signature=${ascii}`, ascii],
    ["mixed", "symbol=LTCBTC", `&${rest}&signature=${ascii}`, ascii],
    ["with a percent-encoded name", `${fullWidth}&${rest}&signature=${unicode}`, "", unicode],
  ])("is valid: %s", (_where, query, body, signature) => {
    const parameters = readParameters(query, Buffer.from(body));
    expect(parameters.values.get("signature")).toBe(signature);
    expect(isValidSignature(sample, parameters.payload, signature)).toBe(true);
    expect(isValidSignature(sample, parameters.payload, signature.toUpperCase())).toBe(true);
  });

  test("is not valid for a payload that isn't percent-encoded", () => {
    const payload = Buffer.from(`symbol=１２３４５６&${rest}`);
    const signature = sign({ apiKey: "", signWith: sample.secret }, payload.toString());
    expect(isValidSignature(sample, payload, signature)).toBe(false);
  });
});

const ed25519 = makePair("ed25519");
const rsa = makePair("rsa");
const all = [
  { credential: sample, signWith: sample.secret },
  {
    credential: { type: "ed25519", publicKey: createPublicKey(ed25519.publicKey) },
    signWith: ed25519.privateKey,
  },
  { credential: { type: "rsa", publicKey: createPublicKey(rsa.publicKey) }, signWith: rsa.privateKey },
] as const;

const payloads = fc.string({ unit: "grapheme-ascii", minLength: 1 });

describe.each(all)("a signature by $credential.type", ({ credential, signWith }) => {
  test("is valid for what was signed, and for nothing else", () => {
    fc.assert(
      fc.property(payloads, payloads, (payload, other) => {
        const signature = sign({ apiKey: "", signWith }, payload);
        expect(isValidSignature(credential, Buffer.from(payload), signature)).toBe(true);
        expect(isValidSignature(credential, Buffer.from(other), signature)).toBe(other === payload);
      }),
    );
  });

  test("is refused if it isn't a signature at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(isValidSignature(credential, Buffer.from("a=b"), text)).toBe(false);
      }),
    );
  });

  test("is refused with extra characters", () => {
    const signature = sign({ apiKey: "", signWith }, "a=b");
    for (const text of [` ${signature}`, `${signature}\n`, `${signature}==`, signature.slice(0, -1)]) {
      expect(isValidSignature(credential, Buffer.from("a=b"), text)).toBe(false);
    }
  });
});

test("Ed25519 and RSA signatures are case-sensitive", () => {
  for (const { credential, signWith } of all.slice(1)) {
    const signature = sign({ apiKey: "", signWith }, "a=b");
    expect(isValidSignature(credential, Buffer.from("a=b"), signature.toLowerCase())).toBe(false);
  }
});
