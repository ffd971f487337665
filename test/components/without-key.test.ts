import { beforeAll, expect, test } from "@jest/globals";
import { declareStack } from "./declared-stack.ts";
import { allResources, resource } from "./mocks.ts";

let liveKeyPair: string;

beforeAll(async () => {
  ({ liveKeyPair } = await declareStack({
    keyPair: undefined,
    verification: "enforce",
    webhook: undefined,
    reported: "none",
  }));
});

test("without a key pair, the pair is removed from the server, and nothing is verified", () => {
  const { inputs } = resource("key-pair");
  expect(inputs.create).toBe("sudo /usr/local/sbin/binance-credential remove-pairs");
  expect(inputs).not.toHaveProperty("stdin");
  expect(allResources().map(({ name }) => name)).not.toContain("key-verification");
  expect(liveKeyPair).toBe("none");
});

test("without a webhook, its address is removed from the server", () => {
  const { inputs } = resource("webhook");
  expect(inputs.create).toMatch(/ remove trading-bot-webhook$/);
  expect(inputs).not.toHaveProperty("stdin");
});
