import { expect, test } from "@jest/globals";
import * as z from "zod";
import { judgeWithdrawals } from "../../../checklist/rules/withdrawals.ts";
import { soundReply } from "../../binance/support.ts";

const withoutField = Object.fromEntries(
  Object.entries(soundReply).filter(([name]) => name !== "enableWithdrawals"),
);

test("off passes, on fails, and anything else is unknown", () => {
  expect(judgeWithdrawals(soundReply)).toMatchSnapshot();
  expect(judgeWithdrawals({ ...soundReply, enableWithdrawals: true })).toMatchSnapshot();
  expect(judgeWithdrawals(withoutField)).toMatchSnapshot();
});

test.each([[null], ["false"], [0], ["no"], [[]], [{}]])("%j isn't a clear no", (value) => {
  expect(judgeWithdrawals({ ...soundReply, enableWithdrawals: value }).verdict).toBe("unknown");
});

test("an inherited field doesn't count", () => {
  const inherited = z.custom<Record<string, unknown>>().parse(Object.create(soundReply));
  expect(judgeWithdrawals(inherited).verdict).toBe("unknown");
});
