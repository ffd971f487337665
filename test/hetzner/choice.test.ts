import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { findOffer, findType } from "../../hetzner/catalogue.ts";
import { type Plan, planFor } from "../../hetzner/choice.ts";
import type { Situation } from "../../hetzner/situation.ts";
import { catalogue, europe, existing, serverTypeReply, situation, types, wanted } from "./fixtures.ts";

/** "order cx23 in fsn1". */
function planned(more: Partial<Situation>): string {
  const { kind, serverType, location }: Plan = planFor(situation(more));
  return `${kind} ${serverType ?? "nothing"} in ${location ?? "no location"}`;
}

const cost = "";
const everywhere = { soldOutIn: europe };

describe("without any setting", () => {
  test("the cheapest type that fits is ordered, at the first location", () => {
    expect(planned({})).toBe("order cx23 in fsn1");
  });

  test("a location where it is sold out is passed over", () => {
    expect(planned({ catalogue: catalogue(types({ soldOutIn: ["fsn1"] })) })).toBe("order cx23 in nbg1");
  });

  test("a cheaper location is taken", () => {
    const cheaper = { prices: { hel1: 4.49 } };
    expect(planned({ catalogue: catalogue(types(cheaper)) })).toBe("order cx23 in hel1");
  });

  test("a type that is about to end isn't chosen", () => {
    const ends = Object.fromEntries(europe.map((location) => [location, new Date("2027-03-01")]));
    expect(planned({ catalogue: catalogue(types({ ends })) })).toBe("order cx33 in fsn1");
  });

  test("an arm one, or one with a single vCPU, isn't chosen", () => {
    const small = catalogue([
      serverTypeReply("cax11", [2, 4, 40], 1, "arm"),
      serverTypeReply("cpx12", [1, 2, 40], 2),
      serverTypeReply("old", [2, 1, 40], 3),
      serverTypeReply("tiny", [2, 2, 19], 4),
      serverTypeReply("least", [2, 2, 20], 5),
    ]);
    expect(planned({ catalogue: small })).toBe("order least in fsn1");
  });

  test("nothing is chosen if all are sold out", () => {
    expect(planned({ catalogue: catalogue(types(everywhere, everywhere)) })).toBe(
      "order nothing in no location",
    );
  });

  test("an address that exists decides the location", () => {
    const soldOut = { catalogue: catalogue(types({ soldOutIn: ["hel1"] })) };
    expect(planned({ addressLocation: "hel1", ...soldOut })).toBe("order cx33 in hel1");
  });
});

describe("with settings", () => {
  const set = (serverType?: string, location?: string) => ({ ...wanted, serverType, location });

  test("they are taken, also if they can't be had", () => {
    expect(planned({ wanted: set("cx99", "sin") })).toBe("order cx99 in sin");
  });

  test("a type goes to the location where it is cheapest and available", () => {
    const cx23 = { soldOutIn: ["fsn1"], prices: { hel1: 9 } };
    expect(planned({ wanted: set("cx23"), catalogue: catalogue(types(cx23)) })).toBe("order cx23 in nbg1");
  });

  test("a type that is sold out everywhere has no location", () => {
    expect(planned({ wanted: set("cx23"), catalogue: catalogue(types(everywhere)) })).toBe(
      "order cx23 in no location",
    );
  });

  test("a location limits the choice of the type", () => {
    const fsn1 = { catalogue: catalogue(types({ soldOutIn: ["hel1"] })) };
    expect(planned({ wanted: set(undefined, "hel1"), ...fsn1 })).toBe("order cx33 in hel1");
  });

  test("an address that exists counts before the location", () => {
    expect(planned({ wanted: set(undefined, "hel1"), addressLocation: "nbg1" })).toBe("order cx23 in nbg1");
  });
});

describe("a server that exists", () => {
  const server = existing("cx33", "nbg1");

  test("stays as it is without settings, also if it is sold out", () => {
    const soldOut = catalogue(types(everywhere, everywhere));
    expect(planned({ server, addressLocation: "nbg1", catalogue: soldOut })).toBe("keep cx33 in nbg1");
    const previous = { serverType: "cx23", location: "fsn1", cost };
    expect(planned({ server, previous })).toBe("keep cx33 in nbg1");
  });

  test("is changed if another type is set", () => {
    expect(planned({ server, wanted: { ...wanted, serverType: "cx23" } })).toBe("change cx23 in nbg1");
    expect(planned({ server, wanted: { ...wanted, serverType: "cx33" } })).toBe("keep cx33 in nbg1");
  });

  test("is ordered again if it is replaced, with the type that is set or its own", () => {
    expect(planned({ server, wanted: { ...wanted, replaces: "server" } })).toBe("order cx33 in nbg1");
    const set = { ...wanted, replaces: "server", serverType: "cx23" } as const;
    expect(planned({ server, wanted: set })).toBe("order cx23 in nbg1");
  });

  test("moves if its address is replaced with it, and its type is decided again", () => {
    const move = { ...wanted, replaces: "server-and-address", location: "hel1" } as const;
    expect(planned({ server, addressLocation: "nbg1", wanted: move })).toBe("order cx23 in hel1");
    const set = { ...move, serverType: "cx33" };
    expect(planned({ server, addressLocation: "nbg1", wanted: set })).toBe("order cx33 in hel1");
  });
});

describe("an earlier decision", () => {
  const previous = { serverType: "cpx22", location: "hel1", cost };

  test("stays as it is, although something cheaper can be had", () => {
    expect(planned({ previous })).toBe("order cpx22 in hel1");
    expect(planned({ previous, catalogue: catalogue(types({}, everywhere)) })).toBe("order cpx22 in hel1");
  });

  test("is overruled by settings", () => {
    expect(planned({ previous, wanted: { ...wanted, serverType: "cx23" } })).toBe("order cx23 in hel1");
    expect(planned({ previous, wanted: { ...wanted, location: "nbg1" } })).toBe("order cpx22 in nbg1");
  });
});

describe("for any catalogue", () => {
  const anyType = fc.record({
    name: fc.stringMatching(/^c[a-z]{1,2}[1-9]\d$/),
    size: fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 10, max: 80 }),
    ),
    price: fc.integer({ min: 100, max: 5000 }).map((cents) => cents / 100),
    architecture: fc.constantFrom("x86", "arm"),
    soldIn: fc.subarray([...europe, "sin"]),
    soldOutIn: fc.subarray(europe),
    ends: fc.dictionary(fc.constantFrom(...europe), fc.constantFrom(new Date(0), new Date("2030-01-01"))),
  });
  const anyCatalogue = fc
    .uniqueArray(anyType, { selector: ({ name }) => name, maxLength: 8 })
    .map((list) =>
      catalogue(
        list.map(({ name, size, price, architecture, ...more }) =>
          serverTypeReply(name, size, price, architecture, more),
        ),
      ),
    );

  test("what is chosen can be ordered, fits, and isn't dearer than another fitting one", () => {
    fc.assert(
      fc.property(
        anyCatalogue,
        fc.option(fc.constantFrom(...europe), { nil: undefined }),
        (list, location) => {
          const plan = planFor(situation({ catalogue: list, wanted: { ...wanted, location } }));
          const fitting = list.serverTypes
            .filter(
              ({ cores, memory, disk, architecture }) =>
                cores >= 2 && memory >= 2 && disk >= 20 && architecture === "x86",
            )
            .flatMap((type) => type.offers)
            .filter((offer) => offer.isAvailable && offer.end === undefined)
            .filter((offer) => (location === undefined ? europe : [location]).includes(offer.location));
          const chosen = findOffer(findType(list, plan.serverType), plan.location);
          if (plan.serverType === undefined) {
            expect(fitting).toEqual([]);
          } else {
            expect(fitting).toContain(chosen);
            expect(chosen?.price.total).toBe(Math.min(...fitting.map(({ price }) => price.total)));
          }
        },
      ),
    );
  });

  test("an earlier decision is always kept", () => {
    fc.assert(
      fc.property(anyCatalogue, (list) => {
        const previous = { serverType: "cx23", location: "nbg1", cost };
        expect(planned({ catalogue: list, previous })).toBe("order cx23 in nbg1");
      }),
    );
  });
});
