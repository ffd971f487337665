import { beforeAll, expect, test } from "@jest/globals";
import { fingerprint } from "../../binance/key-pair.ts";
import { madePair } from "../support/fixtures.ts";
import { declareStack } from "./declared-stack.ts";
import { resource } from "./mocks.ts";

let liveKeyPair: unknown;

beforeAll(async () => {
  const settings = { keyPair: madePair, verification: "enforce", webhook: undefined } as const;
  ({ liveKeyPair } = await declareStack({ ...settings, reported: fingerprint(madePair) }));
});

test("the server and the gate get the public key of a key that was made on the server, and no secret", () => {
  const { apiKey, publicKey } = madePair;
  expect(resource("key-pair").inputs.stdin).toBe(`${JSON.stringify({ apiKey, publicKey })}\n`);
  expect(JSON.parse(String(resource("key-verification").inputs.stdin))).toMatchObject({
    keyPair: { apiKey, publicKey },
  });
  expect(liveKeyPair).toBe(fingerprint(madePair));
});
