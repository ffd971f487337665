import { expect, test } from "@jest/globals";
import { fingerprint } from "../../binance/key-pair.ts";
import { confirm } from "../../components/binance-credentials.ts";
import { keyPair, madePair } from "../support/fixtures.ts";

test("a server that reports another pair than the one that was sent is an error", () => {
  const sent = fingerprint(keyPair);
  expect(confirm(`${sent}\n`, keyPair)).toBe(sent);
  expect(() => confirm("none\n", keyPair)).toThrow(`did not confirm the key pair ${sent}`);
  expect(() => confirm(`${sent}\n`, madePair)).toThrow("did not confirm the key pair");
  expect(() => confirm("", undefined)).toThrow();
});

test("a new server doesn't have a key that was made on another one, and is complete without it", () => {
  expect(confirm(`${fingerprint(madePair)}\n`, madePair)).toBe(fingerprint(madePair));
  expect(confirm("none\n", madePair)).toBe("none");
});
