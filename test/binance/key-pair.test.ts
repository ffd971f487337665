import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { fingerprint, serialize } from "../../binance/key-pair.ts";
import { tokenPair } from "../arbitraries.ts";

test("the pair rests as one line of JSON, which reads back the same", () => {
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
      expect(fingerprint(pair)).toMatch(/^[0-9a-f]{12}$/);
      expect(fingerprint({ ...pair, apiKey: other.apiKey })).not.toBe(fingerprint(pair));
      expect(fingerprint({ ...pair, apiSecret: other.apiSecret })).not.toBe(fingerprint(pair));
    }),
  );
});
