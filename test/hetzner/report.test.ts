import { describe, expect, test } from "@jest/globals";
import { catalogueOf } from "../../hetzner/catalogue.ts";
import { judge } from "../../hetzner/order.ts";
import type { Situation } from "../../hetzner/situation.ts";
import {
  catalogue,
  europe,
  existing,
  pricing,
  serverTypeReply,
  situation,
  today,
  types,
  wanted,
} from "./fixtures.ts";

function look(more: Partial<Situation>) {
  return judge(situation(more), { errors: [], warnings: [] });
}

test("a new order is shown with its price, and with what else can be ordered", () => {
  expect(look({}).report).toBe(
    `To be ordered at Hetzner: a cx23 in fsn1 (2 vCPU, 4 GB memory, 40 GB disk, x86) and an IPv4 address.
Price of today, before tax: 5.99 € a month (server 5.49 €, address 0.50 €).
What fits and can be ordered now, a month with the address, before tax:
  cax11  2 vCPU  4 GB  40 GB  arm   5.69 €  fsn1, nbg1, hel1
  cx23   2 vCPU  4 GB  40 GB  x86   5.99 €  fsn1, nbg1, hel1
  cx33   4 vCPU  8 GB  80 GB  x86   8.99 €  fsn1, nbg1, hel1
  cpx22  2 vCPU  4 GB  80 GB  x86  19.99 €  fsn1, nbg1, hel1
`,
  );
});

test("what can be ordered is offered once for each type, where it is cheapest, and the chosen one first", () => {
  const { offers } = look({ catalogue: catalogue(types({ prices: { hel1: 4.49 } })) });
  expect(offers.map(({ serverType, location }) => `${serverType} ${location}`)).toEqual([
    "cx23 hel1",
    "cax11 fsn1",
    "cx33 fsn1",
    "cpx22 fsn1",
  ]);
  expect(offers[0]).toMatchObject({
    cost: expect.stringContaining("cx23 in hel1: 4.99 € a month with the address"),
    size: "2 vCPU, 4 GB memory, 40 GB disk, x86",
  });
});

test("nothing is offered if nothing may be ordered, or if the server is there already", () => {
  expect(look({ catalogue: catalogue([]) }).offers).toEqual([]);
  expect(look({ server: existing("cx23", "fsn1") }).offers).toEqual([]);
});

test("prices that differ by location are shown, and locations where a type is sold out aren't", () => {
  const cx23 = { prices: { hel1: 4.49, nbg1: 5.999 }, soldOutIn: ["nbg1"] };
  const others = { prices: { nbg1: 30 } };
  const { report } = look({ catalogue: catalogue(types(cx23, others)) });
  expect(report).toMatch("  cx23   2 vCPU  4 GB  40 GB  x86   4.99 €  hel1; 5.99 € fsn1\n");
  expect(report).toMatch("  cpx22  2 vCPU  4 GB  80 GB  x86  19.99 €  fsn1, hel1; 30.50 € nbg1\n");
});

test("a location that was set is shown besides the usual ones", () => {
  const list = catalogue([serverTypeReply("cpx22", [2, 4, 80], 20, "x86", { soldIn: ["sin", "fsn1"] })]);
  const { report } = look({ wanted: { ...wanted, location: "sin" }, catalogue: list });
  expect(report).toMatch("20.50 €  fsn1, sin\n");
});

test("at most eight types are shown, the cheapest ones", () => {
  const many = Array.from({ length: 11 }, (_, index) =>
    serverTypeReply(`cx${index}1`, [2, 2, 20], 20 - index),
  );
  const lines = look({ catalogue: catalogue(many) })
    .report.trimEnd()
    .split("\n");
  expect(lines.slice(3).map((line) => line.trim().split(" ")[0])).toEqual([
    ...["cx101", "cx91", "cx81", "cx71", "cx61", "cx51", "cx41", "cx31"],
    "and",
  ]);
  expect(lines.at(-1)).toBe("  and 3 more, at higher prices");
});

test("a change is shown with its price before and after", () => {
  const server = existing("cx23", "nbg1");
  expect(look({ server, wanted: { ...wanted, serverType: "cpx22" } }).report).toBe(
    `To be changed at Hetzner: the server trading-bot-prod, from cx23 to a cpx22 in nbg1 (2 vCPU, 4 GB memory, 80 GB disk, x86). Its disk stays at 40 GB.
Price of today with the address, before tax: 5.99 € a month before, 19.99 € a month after.
You may pay less for the cx23 now, if you ordered it before a price change. New orders and changes pay today's price.
What the server can be changed to now, a month with the address, before tax:
  cx23   2 vCPU  4 GB  40 GB  x86   5.99 €  nbg1
  cx33   4 vCPU  8 GB  80 GB  x86   8.99 €  nbg1
  cpx22  2 vCPU  4 GB  80 GB  x86  19.99 €  nbg1
`,
  );
});

test("a change from a type that Hetzner no longer lists has no price before", () => {
  const server = existing("cx22", "nbg1");
  expect(look({ server, wanted: { ...wanted, serverType: "cpx22" } }).report).toMatch(
    "before tax: not in today's price list before, 19.99 € a month after.",
  );
});

test("a server that stays as it is is shown with today's price only", () => {
  expect(look({ server: existing() }).report).toBe(
    `Nothing is ordered at Hetzner: the server trading-bot-prod stays a cx23 in fsn1.
Price of today for it, before tax: 5.99 € a month (server 5.49 €, address 0.50 €).
`,
  );
});

test("an order at an address that exists, and one with a new address", () => {
  const first = (more: Partial<Situation>) =>
    look({ server: existing(), addressLocation: "fsn1", ...more }).report;
  expect(first({ server: undefined })).toMatch(/, at the address that exists\.\n/);
  expect(first({ wanted: { ...wanted, replaces: "server" } })).toMatch(/, at the address that exists\.\n/);
  const move = { ...wanted, replaces: "server-and-address", location: "hel1" } as const;
  expect(first({ wanted: move })).toMatch(/a cx23 in hel1 .* and an IPv4 address\.\n/);
});

test("what isn't possible isn't shown as if it were ordered", () => {
  const list = catalogue(types({ soldOutIn: europe }));
  expect(look({ wanted: { ...wanted, serverType: "cx23" }, catalogue: list }).report).toMatch(/^What fits/);
});

test("the cost names the price list and its date in UTC", () => {
  expect(look({}).choice?.cost).toBe(
    "cx23 in fsn1: 5.99 € a month with the address, before tax (Hetzner's price list of 2026-11-26)",
  );
  const usd = catalogueOf(types(), { ...pricing, currency: "USD" }, new Date(today.getTime() + 86_400_000));
  expect(look({ catalogue: usd }).choice?.cost).toMatch(/5\.99 USD a month .* of 2026-11-27\)$/);
});

describe("a standby address", () => {
  const spare = { name: "trading-bot-prod-standby", location: "hel1" };
  const withSpare = { ...wanted, spare };

  test("is ordered with the server, and its price is shown and written down", () => {
    const { report, choice } = look({ wanted: withSpare });
    expect(report).toContain(
      "To be ordered at Hetzner: a standby address in hel1, at 0.50 € a month, before tax.\n",
    );
    expect(choice?.spareCost).toBe(
      "standby address in hel1: 0.50 € a month, before tax (Hetzner's price list of 2026-11-26)",
    );
  });

  test("is ordered for a server that exists, and once", () => {
    const kept = { server: existing(), addressLocation: "fsn1", wanted: withSpare };
    expect(look(kept).report).toMatch(/^No server is ordered at Hetzner: .*\n.*\nTo be ordered .* standby/);
    const spareCost = "standby address in hel1: 0.40 € a month";
    const previous = { serverType: "cx23", location: "fsn1", cost: "", spareCost };
    const again = look({ ...kept, previous, spareLocation: "hel1" });
    expect(again.report).toMatch(/^Nothing is ordered at Hetzner/);
    expect(again.report).not.toContain("standby");
    expect(again.choice?.spareCost).toBe(spareCost);
  });

  test("is refused at the server's location, and where it isn't", () => {
    const at = (location: string) => ({ ...wanted, spare: { ...spare, location } });
    expect(look({ addressLocation: "hel1", wanted: at("hel1") }).errors).toEqual([
      expect.stringMatching(/standby is hel1, and the server is in hel1\. .* pulumi config set standby nbg1/),
    ]);
    expect(look({ addressLocation: "fsn1", spareLocation: "hel1", wanted: at("nbg1") }).errors).toEqual([
      expect.stringContaining("it is in hel1, and an address can't move"),
    ]);
  });
});
