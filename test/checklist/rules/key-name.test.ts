import { expect, test } from "@jest/globals";
import { judgeKeyName } from "../../../checklist/rules/key-name.ts";

test.each([
  "TradingBot-Hetzner-01",
  "unCoded-Spot-VPS-Frankfurt",
  "freqtrade fsn1",
  "grid_bot_2",
  "Münzbot",
  "abd",
  "ab cd",
])("%s is descriptive", (name) => {
  expect(judgeKeyName(name).verdict).toBe("pass");
});

test.each([
  "API Key 1",
  "API key",
  "api_key_2",
  "apiKey",
  "test",
  "Test 3",
  "my-key",
  "myNewKey",
  "New Key",
  "42",
  "a",
  "a b c d",
  "ab",
  "--",
  "Binance API",
])("%s isn't", (name) => {
  expect(judgeKeyName(name)).toMatchObject({ verdict: "fail", remedy: expect.stringContaining("keyName") });
});

test.each(
  "a an api apikey apikeys key keys my new old the test testing tests tmp temp name binance default unnamed untitled main foo bar asdf qwerty todo xxx abc".split(
    " ",
  ),
)("%s says nothing about a system", (word) => {
  expect(judgeKeyName(`${word} 1`).verdict).toBe("fail");
});

test("what people read", () => {
  expect(judgeKeyName("  ")).toMatchSnapshot();
  expect(judgeKeyName(" test\n1 ")).toMatchSnapshot();
  expect(judgeKeyName(" grid\tbot ")).toMatchSnapshot();
});
