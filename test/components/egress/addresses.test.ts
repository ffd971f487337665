import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { assignAddresses } from "../../../components/egress/addresses.ts";

const names = fc.uniqueArray(fc.domain(), { maxLength: 200 });

test("each name has its own address in the network, whatever the order of the names", () => {
  fc.assert(
    fc.property(names, (list) => {
      const assigned = assignAddresses(list, "198.19");
      expect([...assigned.keys()].sort()).toEqual([...list].sort());
      expect(new Set(assigned.values()).size).toBe(list.length);
      for (const address of assigned.values()) {
        const [, third, fourth] = /^198\.19\.(\d+)\.(\d+)$/.exec(address) ?? [];
        const number = Number(third) * 256 + Number(fourth);
        expect(number).toBeGreaterThanOrEqual(1);
        expect(number).toBeLessThanOrEqual(65_534);
      }
      expect(assignAddresses([...list].reverse(), "198.19")).toEqual(assigned);
    }),
  );
});

test("a name that is added moves no other", () => {
  const before = assignAddresses(["api.binance.com", "api.telegram.org"], "198.19");
  const after = assignAddresses(["a.example", "api.binance.com", "api.telegram.org", "z.example"], "198.19");
  for (const [name, address] of before) {
    expect([name, after.get(name)]).toEqual([name, address]);
  }
});

test("a full network's worth of names has no address twice", () => {
  const many = Array.from({ length: 20_000 }, (_, index) => `host-${index}.example`);
  expect(new Set(assignAddresses(many, "198.19").values()).size).toBe(many.length);
});
