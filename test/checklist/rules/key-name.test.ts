import { expect, test } from "@jest/globals";
import { judgeKeyName } from "../../../checklist/rules/key-name.ts";

test.each(["TradingBot-Hetzner-01", "unCoded-Spot-VPS-Frankfurt", "freqtrade fsn1", "grid_bot_2", "Münzbot"])(
  "%s is descriptive",
  (name) => {
    expect(judgeKeyName(name).verdict).toBe("pass");
  },
);

test.each([
  "API Key 1",
  "API key",
  "api_key_2",
  "apiKey",
  "test",
  "Test 3",
  "my-key",
  "New Key",
  "42",
  "a",
  "--",
  "Binance API",
])("%s is not", (name) => {
  expect(judgeKeyName(name)).toMatchObject({ verdict: "fail", remedy: expect.stringContaining("keyName") });
});

test("no name is a doubt", () => {
  expect(judgeKeyName("  ").verdict).toBe("unknown");
});
