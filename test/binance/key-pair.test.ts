import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  fingerprint,
  fingerprintLength,
  fingerprintOf,
  fingerprintPattern,
  keyFingerprint,
  serialize,
} from "../../binance/key-pair.ts";
import { tokenPair } from "../arbitraries.ts";

test("a pair is stored as one line of JSON, which reads back the same", () => {
  fc.assert(
    fc.property(
      fc.record({ apiKey: fc.string({ unit: "binary" }), apiSecret: fc.string({ unit: "binary" }) }),
      (pair) => {
        expect(serialize(pair)).not.toMatch(/[\r\n]/);
        expect(JSON.parse(serialize(pair))).toEqual(pair);
      },
    ),
  );
});

test("a fingerprint names a version of the pair: either value changes it", () => {
  fc.assert(
    fc.property(tokenPair, tokenPair, (pair, other) => {
      expect(fingerprint(pair)).toMatch(fingerprintPattern);
      expect(fingerprint({ ...pair, apiKey: other.apiKey })).not.toBe(fingerprint(pair));
      expect(fingerprint({ ...pair, apiSecret: other.apiSecret })).not.toBe(fingerprint(pair));
    }),
  );
});

test("a fingerprint is the start of a SHA-256, as the server computes it", () => {
  const pair = { apiKey: "key", apiSecret: "secret" };
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  expect(fingerprint(pair)).toBe(sha256('{"apiKey":"key","apiSecret":"secret"}').slice(0, 12));
  expect(keyFingerprint("key")).toBe(sha256("key").slice(0, 12));
});

test("of a pair that was made on the server, a fingerprint needs only the public key", () => {
  const made = { apiKey: "key", publicKey: "public" };
  const sent = '{"apiKey":"key","publicKey":"public"}';
  expect(serialize(made)).toBe(sent);
  const sha256 = createHash("sha256").update(sent).digest("hex");
  expect(fingerprint(made)).toBe(sha256.slice(0, 12));
  expect(fingerprintOf('{"apiKey":"key","apiSecret":"private","publicKey":"public"}')).toBe(
    fingerprint(made),
  );
});

test("of an installed pair, a fingerprint is that of its text", () => {
  fc.assert(
    fc.property(tokenPair, (pair) => {
      expect(fingerprintOf(serialize(pair))).toBe(fingerprint(pair));
    }),
  );
  expect(fingerprintOf("")).toMatch(fingerprintPattern);
});

test("only a whole fingerprint matches the pattern", () => {
  expect(fingerprintLength).toBe(12);
  expect("0123456789ab").toMatch(fingerprintPattern);
  for (const wrong of ["0123456789a", "0123456789abc", "0123456789aB", "0123456789ag", ""]) {
    expect(wrong).not.toMatch(fingerprintPattern);
  }
});
