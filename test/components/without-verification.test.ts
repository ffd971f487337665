import { beforeAll, expect, test } from "@jest/globals";
import { fingerprint, serialize } from "../../binance/key-pair.ts";
import { declareStack } from "./declared-stack.ts";
import { allResources, resource } from "./mocks.ts";

const keyPair = { apiKey: "k".repeat(64), apiSecret: "s".repeat(64) };

beforeAll(async () => {
  await declareStack({ keyPair, verification: "off", webhook: undefined, reported: fingerprint(keyPair) });
});

test("with verification off, the pair is installed without being verified", () => {
  expect(allResources().map(({ name }) => name)).not.toContain("key-verification");
  expect(resource("key-pair").inputs.stdin).toBe(`${serialize(keyPair)}\n`);
});
