import { describe, expect, test } from "@jest/globals";
import { judge } from "../../hetzner/order.ts";
import type { Situation } from "../../hetzner/situation.ts";
import {
  catalogue,
  europe,
  existing,
  images,
  pricing,
  serverTypeReply,
  situation,
  types,
  wanted,
} from "./fixtures.ts";

const nothing = { errors: [], warnings: [] };
const soldOut = { soldOutIn: europe };
const price = "a month with the address, before tax";

function look(more: Partial<Situation>) {
  return judge(situation(more), nothing);
}

function set(serverType?: string, location?: string) {
  return { ...wanted, serverType, location };
}

describe("a new order is refused", () => {
  test("if the type is sold out there: with a type for the location, and a location for the type", () => {
    const there = { wanted: set("cx23", "fsn1"), catalogue: catalogue(types({ soldOutIn: ["fsn1"] })) };
    expect(look(there)).toMatchObject({
      choice: undefined,
      errors: [
        [
          "cx23 is sold out in fsn1 at the moment.",
          `To order a cx33 in fsn1 (8.99 € ${price}), run: pulumi config set serverType cx33`,
          `To order a cx23 in nbg1 (5.99 € ${price}), run: pulumi config set location nbg1`,
        ].join("\n"),
      ],
      warnings: [],
    });
  });

  test("if the whole location is sold out: with another location", () => {
    const fsn1 = { soldOutIn: ["fsn1"] };
    const list = catalogue(types(fsn1, fsn1));
    expect(look({ wanted: set(undefined, "fsn1"), catalogue: list }).errors).toEqual([
      `Hetzner has no server that fits and can be ordered in fsn1 at the moment.\nTo order a cx23 in nbg1 (5.99 € ${price}), run: pulumi config set location nbg1`,
    ]);
  });

  test("if it is sold out where the address is already: with the command that moves the address", () => {
    const fsn1 = { soldOutIn: ["fsn1"] };
    const previous = { serverType: "cx23", location: "fsn1", cost: "" };
    const list = catalogue(types(fsn1, fsn1));
    expect(look({ previous, addressLocation: "fsn1", catalogue: list }).advice).toEqual([
      `To order a cx23 in nbg1 (5.99 € ${price}), run: npm run move -- nbg1`,
    ]);
  });

  test("if Hetzner refuses the whole location, although it lists types there: with another location", () => {
    const closed = { ...set("cx23", "fsn1"), closedLocation: "fsn1" };
    expect(look({ wanted: closed }).advice).toEqual([
      `To order a cx23 in nbg1 (5.99 € ${price}), run: pulumi config set location nbg1`,
    ]);
    expect(look({ wanted: { ...set("cx33"), closedLocation: "fsn1" }, server: existing() }).advice).toEqual([
      "To keep the cx23, run: pulumi config set serverType cx23",
    ]);
  });

  test("if the type is sold out everywhere, and elsewhere another one is available", () => {
    const list = catalogue(types(soldOut, { soldOutIn: ["fsn1"] }));
    expect(look({ wanted: set("cx23", "fsn1"), catalogue: list }).advice).toEqual([
      `To order a cx33 in nbg1 (8.99 € ${price}), run: pulumi config set serverType cx33 && pulumi config set location nbg1`,
    ]);
    expect(look({ wanted: set("cx23"), catalogue: list }).errors).toEqual([
      `cx23 can't be ordered in fsn1, nbg1 or hel1 at the moment.\nTo order a cx33 in nbg1 (8.99 € ${price}), run: pulumi config set serverType cx33`,
    ]);
  });

  test("if nothing can be ordered anywhere", () => {
    const { errors, report } = look({ catalogue: catalogue(types(soldOut, soldOut)) });
    expect(errors).toEqual([
      "Hetzner has no server that fits and can be ordered in fsn1, nbg1 or hel1 at the moment.\nNothing else that fits can be ordered now. Try again later: pulumi preview shows what can be ordered by then.",
    ]);
    expect(report).toBe("");
  });

  test("if only types are left that not every bot runs on: with the reason to check it", () => {
    const list = catalogue([serverTypeReply("cax11", [2, 4, 40], 5.19, "arm")]);
    expect(look({ catalogue: list }).errors[0]).toMatch(
      "To order a cax11 in fsn1 (5.69 € a month with the address, before tax; it is arm: check that your bot runs on it), run: pulumi config set serverType cax11",
    );
  });

  test("if the type doesn't exist: with the closest names", () => {
    expect(look({ wanted: set("cx22") }).errors[0]).toMatch(
      'Hetzner doesn\'t sell a server type "cx22". Did you mean cpx22, cx23 or cpx12?\nTo order a cx23 in fsn1',
    );
    expect(look({ wanted: set("large\u001b[31m") }).errors[0]).toMatch(
      'Hetzner doesn\'t sell a server type "large\\u001b[31m".\n',
    );
  });

  test("if the type isn't sold at the location", () => {
    expect(look({ wanted: set("cx23", "sin") }).errors[0]).toMatch(/^Hetzner doesn't sell cx23 in sin\.\n/);
  });

  test("if Hetzner has stopped selling the type there", () => {
    const list = catalogue(types({ ends: { fsn1: new Date("2026-11-26T12:00:00Z") } }));
    expect(look({ wanted: set("cx23", "fsn1"), catalogue: list }).errors[0]).toMatch(
      /^Hetzner stopped selling cx23 in fsn1 on 2026-11-26\.\n/,
    );
  });

  test("if the type has too little memory", () => {
    const list = catalogue([serverTypeReply("mini", [2, 1, 40], 3), ...types()]);
    expect(look({ wanted: set("mini"), catalogue: list }).errors[0]).toMatch(
      /^mini has 1 GB memory\. A bot needs at least 2 GB\.\n/,
    );
  });

  test("if the image doesn't exist for the architecture, or has ended", () => {
    const arm = images.filter(({ architecture }) => architecture === "arm");
    expect(look({ images: arm }).errors).toEqual([
      "Hetzner has no image debian-13 for x86, which cx23 needs. Choose a type of another architecture, or update trading-bot-server.",
    ]);
    const ended = { announced: new Date(0), unavailable_after: new Date("2026-10-01") };
    expect(look({ images: [{ name: "", architecture: "x86", deprecation: ended }] }).errors[0]).toMatch(
      /^Hetzner stopped offering the image debian-13 on 2026-10-01\. Update trading-bot-server/,
    );
  });
});

describe("a new order has a warning", () => {
  test("if freqtrade needs more CPU", () => {
    expect(look({ wanted: set("cpx12") })).toMatchObject({
      errors: [],
      warnings: ["cpx12 has 1 vCPU. freqtrade needs at least 2 (its documentation)."],
    });
  });

  test("if the type ends soon", () => {
    const list = catalogue(types({ ends: { fsn1: new Date("2027-01-31") } }));
    expect(look({ wanted: set("cx23", "fsn1"), catalogue: list })).toMatchObject({
      errors: [],
      warnings: [
        "Hetzner stops selling cx23 in fsn1 on 2027-01-31. A server that exists by then keeps running, but can't be ordered again.",
      ],
    });
    const nbg1 = look({ wanted: set("cx23", "nbg1"), catalogue: list });
    expect(nbg1.warnings).toEqual([]);
  });

  test("if the image ends soon", () => {
    const ends = { announced: new Date(0), unavailable_after: new Date("2027-01-31") };
    expect(look({ images: [{ name: "", architecture: "x86", deprecation: ends }] }).warnings).toEqual([
      "Hetzner stops offering the image debian-13 on 2027-01-31. Look for a newer version of trading-bot-server before that.",
    ]);
  });
});

describe("a change of the type is refused", () => {
  const change = (serverType: string, more: Partial<Situation> = {}) =>
    look({ server: existing(), addressLocation: "fsn1", wanted: set(serverType), ...more });
  const keep = "To keep the cx23, run: pulumi config set serverType cx23";

  test("if the type is sold out at the server's location", () => {
    const list = catalogue(types({}, { soldOutIn: ["fsn1"] }));
    expect(change("cpx22", { catalogue: list })).toMatchObject({
      choice: undefined,
      errors: [`cpx22 is sold out in fsn1 at the moment.\n${keep}`],
    });
  });

  test("if the architecture is another one", () => {
    expect(change("cax11").errors).toEqual([
      `A type change can't change the architecture: cax11 is arm, and the server is x86.\nTo change to a cx33 in fsn1 (8.99 € ${price}), run: pulumi config set serverType cx33\n${keep}`,
    ]);
  });

  test("if the disk is smaller than the server's", () => {
    const server = existing("cpx22", "fsn1", { primary_disk_size: 80 });
    expect(change("cx23", { server }).errors[0]).toMatch(
      /^A type change can't shrink the disk: cx23 has 40 GB, and the server's disk has 80 GB\.\n/,
    );
    // Its type has more, but its disk was kept small.
    const kept = existing("cpx22", "fsn1", { primary_disk_size: 40 });
    expect(change("cx23", { server: kept }).errors).toEqual([]);
  });

  test("if the type doesn't exist, isn't sold there, has ended or is too small", () => {
    expect(change("cx99").errors[0]).toMatch(/^Hetzner doesn't sell a server type "cx99"\./);
    const list = catalogue([
      serverTypeReply("ccx13", [2, 8, 80], 42, "x86", { soldIn: ["sin"] }),
      serverTypeReply("old", [2, 8, 80], 42, "x86", { ends: { fsn1: new Date(0) } }),
      serverTypeReply("mini", [2, 1, 80], 42),
    ]);
    expect(change("ccx13", { catalogue: list }).errors[0]).toMatch(/^Hetzner doesn't sell ccx13 in fsn1\./);
    expect(change("old", { catalogue: list }).errors[0]).toMatch(/^Hetzner stopped selling old in fsn1/);
    expect(change("mini", { catalogue: list }).errors[0]).toMatch(/^mini has 1 GB memory\./);
  });

  test("with every reason, and once what to do", () => {
    const server = existing("cpx22", "fsn1", { primary_disk_size: 80 });
    const { errors } = change("cax11", { server });
    expect(errors).toHaveLength(2);
    expect(errors.join("\n").match(/To keep the cpx22/g)).toHaveLength(1);
  });
});

describe("a server that stays as it is has no findings", () => {
  test("if its type is sold out, or no longer in Hetzner's list", () => {
    const list = catalogue(types(soldOut, soldOut));
    expect(look({ server: existing(), catalogue: list, images: [] })).toMatchObject({
      choice: { serverType: "cx23", location: "fsn1" },
      errors: [],
      warnings: [],
      advice: [],
    });
    expect(look({ server: existing("cx22") })).toMatchObject({
      choice: { serverType: "cx22", cost: "cx22 in fsn1: not in Hetzner's price list of 2026-11-26" },
      errors: [],
    });
  });

  test("and is reported as it is", () => {
    expect(look({ server: existing("cx23", "hel1", { status: "off" }) }).server).toEqual({
      id: 42,
      serverType: "cx23",
      location: "hel1",
      status: "off",
    });
    expect(look({ server: existing() }).server?.status).toBe("running");
    expect(look({}).server).toBeUndefined();
  });
});

describe("a server that is replaced stays at its address", () => {
  const replaced = { ...wanted, replaces: "server" } as const;
  const server = existing();

  test("so that only types there are offered", () => {
    const list = catalogue(types(soldOut));
    expect(look({ wanted: replaced, server, addressLocation: "fsn1", catalogue: list })).toMatchObject({
      errors: [
        `cx23 is sold out in fsn1 at the moment.\nTo order a cx33 in fsn1 (8.99 € ${price}), run: pulumi config set serverType cx33`,
      ],
    });
  });

  test("an arm server is offered other arm types", () => {
    const list = catalogue([...types(), serverTypeReply("cax21", [4, 8, 80], 10, "arm")]);
    expect(
      look({ wanted: replaced, server: existing("cax11"), addressLocation: "fsn1", catalogue: list }).advice,
    ).toEqual([
      `To order a cax21 in fsn1 (10.50 € ${price}; it is arm: check that your bot runs on it), run: pulumi config set serverType cax21`,
    ]);
  });
});

test("a move isn't advised to go where the address is already", () => {
  const move = {
    ...wanted,
    replaces: "server-and-address",
    serverType: "cx23",
    location: "nbg1",
  } as const;
  const list = catalogue(types({ soldOutIn: ["nbg1"] }));
  expect(look({ wanted: move, addressLocation: "fsn1", server: existing(), catalogue: list }).advice).toEqual(
    [
      `To order a cx33 in nbg1 (8.99 € ${price}), run: pulumi config set serverType cx33`,
      `To order a cx23 in hel1 (5.99 € ${price}), run: npm run move -- hel1`,
    ],
  );
});

test("the findings about the token come first", () => {
  const found = judge(situation({ wanted: set("cx99") }), { errors: ["token"], warnings: ["doubt"] });
  expect(found).toMatchObject({ choice: undefined, warnings: ["doubt"] });
  expect(found.errors[0]).toBe("token");
  expect(found.errors).toHaveLength(2);
});

test("a location without a price for the type or for the address sells nothing", () => {
  const [cx23] = types().filter(({ name }) => name === "cx23");
  const priced = { ...cx23, prices: [] };
  expect(pricing.primary_ips[1]?.prices.map(({ location }) => location)).not.toContain("ash");
  const list = catalogue([
    serverTypeReply("ccx13", [2, 8, 80], 42, "x86", { soldIn: ["ash"] }),
    ...types().filter(({ name }) => name !== priced.name),
  ]);
  expect(look({ wanted: set("ccx13", "ash"), catalogue: list }).errors[0]).toMatch(
    "Hetzner doesn't sell ccx13 in ash.",
  );
});
