import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { dateOf, monthsAfter } from "../../../checklist/rules/calendar.ts";
import { judgeKeyAge } from "../../../checklist/rules/key-age.ts";

const created = Date.parse("2026-01-31T10:00:00Z");
const judge = (date: string, months = 6) => judgeKeyAge({ createTime: created }, Date.parse(date), months);

test("a key is young, then due, then overdue", () => {
  expect(judge("2026-07-31T09:59:59.999Z")).toMatchSnapshot();
  expect(judge("2026-07-31T10:00:00Z")).toMatchSnapshot();
  expect(judge("2027-01-31T09:59:59.999Z")).toMatchSnapshot();
  expect(judge("2027-01-31T10:00:00Z")).toMatchSnapshot();
});

test("the setting moves the day it is due, and not the day it is overdue", () => {
  expect(judge("2026-03-01", 1).detail).toContain("due since 2026-02-28");
  expect(judge("2027-02-01", 12).verdict).toBe("fail");
});

test("a creation time that can't be true is unknown", () => {
  const at = (createTime: unknown) => judgeKeyAge({ createTime }, created, 6);
  expect(at(undefined)).toMatchSnapshot();
  expect(at(Date.UTC(2017, 6, 1)).verdict).toBe("fail");
  expect(at(Date.UTC(2017, 6, 1) - 1).verdict).toBe("unknown");
  expect(at(created + 60_000).verdict).toBe("pass");
  expect(at(created + 60_001).verdict).toBe("unknown");
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.constant(created / 1000),
    fc.constant(String(created)),
  );
  fc.assert(
    fc.property(odd, (createTime) => {
      fc.pre(typeof createTime !== "number" || !(createTime > 1.4e12 && createTime < 1.9e12));
      expect(at(createTime).verdict).toBe("unknown");
    }),
  );
});

test("a month later is never in the month after the next", () => {
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

test.each([
  ["2026-01-31T10:00:00.000Z", 1, "2026-02-28T10:00:00.000Z"],
  ["2027-12-31T23:59:59.999Z", 2, "2028-02-29T23:59:59.999Z"],
  ["2026-12-15T00:00:00.000Z", 1, "2027-01-15T00:00:00.000Z"],
  ["2026-11-30T00:00:00.000Z", 1, "2026-12-30T00:00:00.000Z"],
])("%s and %i months are %s", (from, months, to) => {
  expect(new Date(monthsAfter(Date.parse(from), months)).toISOString()).toBe(to);
});

test("a date is shown without its time", () => {
  expect(dateOf(created)).toBe("2026-01-31");
});
