import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { readParameters, redact } from "../../binance/parameters.ts";

const nothing = Buffer.alloc(0);
const pairs = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.string()), {
  selector: ([name]) => name,
});

test("the payload is what was sent, without the signature, in any position", () => {
  fc.assert(
    fc.property(pairs, fc.nat(), fc.boolean(), (list, place, isBody) => {
      const parts = list
        .filter(([name]) => name !== "signature")
        .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
      const sent = parts.toSpliced(place % (parts.length + 1), 0, "signature=abc").join("&");
      const read = isBody ? readParameters("", Buffer.from(sent)) : readParameters(sent, nothing);
      expect(read.payload.toString()).toBe(parts.join("&"));
      expect(read.values.get("signature")).toBe("abc");
      for (const [name, value] of list.filter(([name]) => name !== "signature")) {
        expect(read.values.get(name)).toBe(value);
      }
    }),
  );
});

test("query and body are joined without a separator, and the query's value counts", () => {
  const { payload, values, hasDuplicates } = readParameters("a=1&b=2", Buffer.from("a=3&c=4"));
  expect(payload.toString()).toBe("a=1&b=2a=3&c=4");
  expect(Object.fromEntries(values)).toEqual({ a: "1", b: "2", c: "4" });
  expect(hasDuplicates).toBe(false);
  expect(readParameters("a=1&a=2", nothing).hasDuplicates).toBe(true);
});

test("bytes that aren't text stay unchanged", () => {
  const body = Buffer.from([0x61, 0x3d, 0xff, 0x80]);
  expect(readParameters("", body).payload).toEqual(body);
});

test("no part of a signature is in a log", () => {
  const url = "/api/v3/account?timestamp=1&signature=abc&sign%61ture=def&x=signature";
  expect(redact(url)).toBe(
    "/api/v3/account?timestamp=1&signature=[redacted]&signature=[redacted]&x=signature",
  );
  expect(redact("/api/v3/ping")).toBe("/api/v3/ping");
});

test("no part of a listen key is in a log", () => {
  expect(redact("/private/ws/abc?events=ACCOUNT_UPDATE")).toBe(
    "/private/ws/[redacted]?events=ACCOUNT_UPDATE",
  );
  expect(redact("/private/ws?listenKey=abc")).toBe("/private/ws?listenKey=[redacted]");
  expect(redact("/private/stream?streams=abc")).toBe("/private/stream?streams=[redacted]");
  expect(redact("/market/stream?streams=abc")).toBe("/market/stream?streams=abc");
});
