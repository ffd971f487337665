import { expect, test } from "@jest/globals";
import type { Failure } from "../../../../binance/failure.ts";
import { judgeDeletion, type Trial } from "../../../../scripts/lib/revoke/deletion.ts";
import { refused } from "../../../binance/support.ts";

const accepted: Trial = { ok: true, value: {} };
const failed = (failure: Failure): Trial => ({ ok: false, failure });
const refusedWith = (status: number, code?: number): Trial => failed(refused(status, code));

test.each<[string, Trial, Trial | undefined, string]>([
  ["Binance doesn't know the key", refusedWith(400, -2008), undefined, "yes"],
  [
    "it is refused, and was accepted from the same address before",
    refusedWith(401, -2015),
    accepted,
    "probably",
  ],
  ["it is refused, and nothing is known from before", refusedWith(401, -2015), undefined, "unknown"],
  ["it is refused as it was before", refusedWith(401, -2015), refusedWith(401, -2015), "unknown"],
  ["it is accepted", accepted, accepted, "no"],
  ["only its secret is refused", refusedWith(400, -1022), accepted, "no"],
  ["the address is banned", refusedWith(418, -1003), accepted, "unknown"],
  ["a firewall answers", refusedWith(403), accepted, "unknown"],
  [
    "Binance can't be reached",
    failed({ kind: "unreachable", reason: "timeout", detail: "no answer" }),
    accepted,
    "unknown",
  ],
])("%s: deleted?", (_, trial, before, expected) => {
  const { deleted, text } = judgeDeletion(trial, before);
  expect([deleted, text]).toEqual([expected, expect.stringMatching(/\.$/)]);
});
