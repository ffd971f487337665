import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { judgeKeyAge, monthsAfter } from "../../../checklist/rules/key-age.ts";

const created = Date.parse("2026-01-31T10:00:00Z");
const judge = (date: string, months = 6) => judgeKeyAge({ createTime: created }, Date.parse(date), months);

test("a key is young, then due, then overdue", () => {
  expect(judge("2026-07-30")).toMatchObject({
    verdict: "pass",
    detail: expect.stringContaining("due on 2026-07-31"),
  });
  expect(judge("2026-08-01")).toMatchObject({
    verdict: "pass",
    remedy: expect.stringContaining("pulumi up"),
  });
  expect(judge("2027-02-01")).toMatchObject({
    verdict: "fail",
    detail: expect.stringContaining("overdue since 2027-01-31"),
  });
});

test("the setting moves the day it is due, and not the day it is overdue", () => {
  expect(judge("2026-03-01", 1).detail).toContain("due since 2026-02-28");
  expect(judge("2027-02-01", 12).verdict).toBe("fail");
});

test("what is no time of the past is a doubt", () => {
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.constant(created / 1000),
    fc.constant(String(created)),
  );
  fc.assert(
    fc.property(odd, (createTime) => {
      fc.pre(typeof createTime !== "number" || !(createTime > 1.4e12 && createTime < 1.9e12));
      expect(judgeKeyAge({ createTime }, created, 6).verdict).toBe("unknown");
    }),
  );
});

test("a month later is never in the month after", () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date("2017-07-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
      fc.integer({ min: 1, max: 12 }),
      (date, months) => {
        const later = new Date(monthsAfter(date.getTime(), months));
        expect(later.getUTCMonth()).toBe((date.getUTCMonth() + months) % 12);
      },
    ),
  );
});
