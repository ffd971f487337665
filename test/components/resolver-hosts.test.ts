import { expect, test } from "@jest/globals";
import { resolverHosts } from "../../components/resolver-hosts.ts";

function lines(bot: string[], webhook?: string): string[] {
  return resolverHosts({ bot, webhook })
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

test("the bot's further hosts are resolved, and their addresses go to the bot's set", () => {
  expect(lines(["api.telegram.org"])).toEqual([
    "server=/api.telegram.org/#",
    "nftset=/api.telegram.org/4#inet#trading_bot#bot_hosts",
  ]);
});

test("the webhook's host goes only to the guard's set, and its path is nowhere", () => {
  expect(lines([], "https://ntfy.example.net/secret-topic")).toEqual([
    "server=/ntfy.example.net/#",
    "nftset=/ntfy.example.net/4#inet#trading_bot#webhook",
  ]);
});

test("a host of both is in both sets", () => {
  expect(lines(["ntfy.example.net"], "https://ntfy.example.net/topic")).toEqual([
    "server=/ntfy.example.net/#",
    "nftset=/ntfy.example.net/4#inet#trading_bot#bot_hosts,4#inet#trading_bot#webhook",
  ]);
});

test("a name of the exchange stays in the exchange's set, even if it is listed again", () => {
  expect(lines(["data-api.binance.vision", "binance.com", "notbinance.com"])).toEqual([
    "server=/notbinance.com/#",
    "nftset=/notbinance.com/4#inet#trading_bot#bot_hosts",
  ]);
});
