import { expect, test } from "@jest/globals";
import { judgeConnection } from "../../../checklist/rules/connection.ts";
import { failed, refused } from "../../binance/support.ts";
import { ipAddress, soundServer } from "../support.ts";

const balance = { asset: "BTC", free: "1", locked: "0" };
const withBalances = (count: number) =>
  soundServer({
    account: { ok: true, value: { canTrade: true, balances: Array.from({ length: count }, () => balance) } },
  });

test.each([
  [0, "no balance: the account is empty"],
  [1, "1 balance"],
  [2, "2 balances"],
])("%i balances are counted", (count, balances) => {
  expect(judgeConnection(withBalances(count), ipAddress, "spot")).toEqual({
    verdict: "pass",
    known: { by: "proven" },
    detail: `Binance has answered the server, with ${balances}.`,
  });
});

test("the first failure is the reason", () => {
  const failures = {
    clock: failed(refused(451, 0)),
    restrictions: failed(refused(401, -2015)),
    account: failed(refused(503)),
  };
  const { restrictions, account } = failures;
  const judge = (changes: Parameters<typeof soundServer>[0]) =>
    judgeConnection(soundServer(changes), ipAddress, "spot");
  expect(judge(failures)).toMatchObject({
    verdict: "fail",
    known: { by: "proven" },
    detail: "A request through the server failed: HTTP 451, code 0.",
  });
  expect(judge({ restrictions, account }).detail).toContain("HTTP 401, code -2015");
  expect(judge({ account })).toMatchObject({
    verdict: "unknown",
    known: undefined,
    detail: "A request through the server failed: HTTP 503.",
  });
});
