import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseLabelSelector } from "../../hetzner/label-selector.ts";
import { isLabelKey, isLabelValue } from "../../hetzner/labels.ts";
import { linkHeader, type Page, paginate } from "../../hetzner/pagination.ts";
import { sortItems } from "../../hetzner/sorting.ts";
import { startEmulator } from "./support/emulator.ts";

describe("pages", () => {
  test("contain every item once, in order, for every length of list and page", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 80 }), (items, perPage) => {
        const seen: number[] = [];
        for (let page: number | null = 1; page !== null;) {
          const part: Page<number> = paginate(items, { page: String(page), per_page: String(perPage) });
          expect(part.items.length).toBeLessThanOrEqual(Math.min(perPage, 50));
          expect(part.meta).toMatchObject({ page, total_entries: items.length });
          expect(part.meta.previous_page).toBe(page === 1 ? null : page - 1);
          seen.push(...part.items);
          if (part.meta.next_page === null) {
            expect(part.meta.last_page).toBe(page);
          }
          page = part.meta.next_page;
        }
        expect(seen).toEqual(items);
      }),
    );
  });

  test("have 25 items by default, and 50 at most", () => {
    const items = Array.from({ length: 60 }, (_, index) => index);
    expect(paginate(items, {}).items).toHaveLength(25);
    expect(paginate(items, { per_page: "51" }).meta.per_page).toBe(50);
    expect(paginate(items, { page: "99" }).items).toEqual([]);
  });

  test.each(["0", "-1", "x", "1.5", ""])("are not numbered %p", (page) => {
    expect(() => paginate([], { page })).toThrow("invalid input in field 'page'");
  });

  test("link to each other", async () => {
    const emulator = await startEmulator();
    const { headers, body } = await emulator.call("GET", "/server_types?page=2&per_page=3");
    expect(headers.get("link")).toBe(
      [
        '<https://api.hetzner.cloud/v1/server_types?page=1&per_page=3>; rel="prev"',
        '<https://api.hetzner.cloud/v1/server_types?page=3&per_page=3>; rel="next"',
        '<https://api.hetzner.cloud/v1/server_types?page=4&per_page=3>; rel="last"',
      ].join(", "),
    );
    expect(body).toMatchObject({ meta: { pagination: { page: 2, last_page: 4, total_entries: 10 } } });
    expect(linkHeader(paginate([], {}).meta, String)).toBe('<1>; rel="last"');
  });
});

describe("sorting", () => {
  test("is by each field in turn", () => {
    const pair = fc.record({ a: fc.integer({ min: 0, max: 3 }), b: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(pair), (items) => {
        const keys = { a: (item: { a: number }) => item.a, b: (item: { b: number }) => item.b };
        const sorted = sortItems(items, ["a:desc", "b"], keys);
        expect(sorted).toHaveLength(items.length);
        sorted.slice(1).forEach((item, index) => {
          const before = sorted[index] ?? item;
          expect(before.a > item.a || (before.a === item.a && before.b <= item.b)).toBe(true);
        });
      }),
    );
  });
});

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,8}[a-z0-9])?$/);
const labels = fc.dictionary(name, name, { maxKeys: 4 });

describe("a label selector", () => {
  test("selects by a label, and its negation selects the rest", () => {
    fc.assert(
      fc.property(labels, name, name, name, (have, key, value, other) => {
        const selects = (text: string) => parseLabelSelector(text)(have);
        expect(selects(key)).toBe(key in have);
        expect(selects(`!${key}`)).toBe(!selects(key));
        expect(selects(`${key}=${value}`)).toBe(have[key] === value);
        expect(selects(`${key}==${value}`)).toBe(selects(`${key}=${value}`));
        expect(selects(`${key}!=${value}`)).toBe(!selects(`${key}=${value}`));
        const isIn = selects(`${key}=${value}`) || selects(`${key}=${other}`);
        expect(selects(`${key} in (${value},${other})`)).toBe(isIn);
        expect(selects(`${key} notin (${value}, ${other})`)).toBe(!isIn);
      }),
    );
  });

  test("requires all of its conditions", () => {
    fc.assert(
      fc.property(labels, fc.array(name, { minLength: 1, maxLength: 4 }), (have, keys) => {
        const selects = parseLabelSelector(keys.join(","));
        expect(selects(have)).toBe(keys.every((key) => key in have));
      }),
    );
  });

  test("reads the documentation's examples", () => {
    const production = parseLabelSelector("env=production,type!=database");
    expect(production({ env: "production" })).toBe(true);
    expect(production({ env: "production", type: "database" })).toBe(false);
    const either = parseLabelSelector("env in (testing,staging),!type");
    expect(either({ env: "staging" })).toBe(true);
    expect(either({ env: "staging", type: "" })).toBe(false);
  });

  test.each(["", "=v", "k=v=w", "a b", "k in v", "k in (a", "!", "k=-", ",", "a,,b"])("is not %p", (text) => {
    expect(() => parseLabelSelector(text)).toThrow("invalid input in field 'label_selector'");
  });
});

describe("labels", () => {
  test.each(["a", "A-b_c.d", "example.com/my", "x".repeat(63)])("may be called %p", (key) => {
    expect(isLabelKey(key)).toBe(true);
  });

  test.each(["", "-a", "a-", "a b", "/a", "a/", "a/b/c", "hetzner.cloud/a", "-x.com/a", "x".repeat(64)])(
    "may not be called %p",
    (key) => {
      expect(isLabelKey(key)).toBe(false);
    },
  );

  test("may have an empty value, but no value that begins or ends with a special character", () => {
    expect(isLabelValue("")).toBe(true);
    expect(isLabelValue("a.b-c_D")).toBe(true);
    expect(isLabelValue("-a")).toBe(false);
    expect(isLabelValue("x".repeat(64))).toBe(false);
  });
});
