import { beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import type { HetznerControl } from "../../hetzner/control.ts";
import { startControlled } from "./support/controlled.ts";
import { type Emulator, errorBody } from "./support/emulator.ts";
import { act, getServer, makeServer, names, serverOrder } from "./support/things.ts";

// What can be ordered where, and for how much: a test changes it.

let emulator: Emulator;
let control: HetznerControl;

beforeEach(async () => {
  ({ emulator, control } = await startControlled());
});

const deprecation = z.object({ announced: z.string(), unavailable_after: z.string() }).nullable();
const monthly = z.object({
  location: z.string(),
  price_monthly: z.object({ net: z.string(), gross: z.string() }),
});
const typesBody = z.object({
  server_types: z.array(
    z.object({
      name: z.string(),
      deprecation,
      prices: z.array(monthly),
      locations: z.array(
        z.object({ name: z.string(), available: z.boolean(), recommended: z.boolean(), deprecation }),
      ),
    }),
  ),
});
const pricingBody = z.object({
  pricing: z.object({ server_types: z.array(z.object({ name: z.string(), prices: z.array(monthly) })) }),
});

async function listedType(name: string) {
  const { server_types: types } = await emulator.read(typesBody, "GET", `/server_types?name=${name}`);
  return types[0];
}

/** Where the list says that a type can be ordered. */
async function listedLocations(name: string): Promise<string[]> {
  const type = await listedType(name);
  return (type?.locations ?? []).filter(({ available }) => available).map((location) => location.name);
}

async function refusalOf(fields: object): Promise<string> {
  const { status, body } = await emulator.call("POST", "/servers", { ...serverOrder, ...fields });
  const { code, message } = errorBody.parse(body).error;
  return `${status} ${code}: ${message}`;
}

/** How a change of a new server's type ends: with a status and an error code, or with the server's new type. */
async function changeType(to: string, from = "cx23"): Promise<string> {
  const { id } = await makeServer(emulator, { server_type: from });
  await act(emulator, id, "poweroff");
  const change = { server_type: to, upgrade_disk: false };
  const { status } = await emulator.call("POST", `/servers/${id}/actions/change_type`, change);
  if (status === 201) {
    await emulator.settled();
    return (await getServer(emulator, id)).server_type.name;
  }
  return emulator.errorOf("POST", `/servers/${id}/actions/change_type`, change);
}

describe("availability", () => {
  test("of one type at a location is listed, and orders are refused", async () => {
    await control.setSoldOut([{ location: "nbg1", serverType: "cx23" }]);
    expect(await listedLocations("cx23")).toEqual(["fsn1", "hel1"]);
    expect(await listedLocations("cx33")).toEqual(["fsn1", "nbg1", "hel1"]);
    expect(await refusalOf({})).toBe("412 resource_unavailable: error during placement");
    await makeServer(emulator, { server_type: "cx33" });
  });

  test("can be listed, and the order is refused anyway, as in a race", async () => {
    await control.setSoldOut([{ location: "nbg1", serverType: "cx23", listed: true }]);
    expect(await listedLocations("cx23")).toContain("nbg1");
    expect(await refusalOf({})).toBe("412 resource_unavailable: error during placement");
  });

  test("of a whole location means that no type can be ordered there", async () => {
    await control.setSoldOut([{ location: "nbg1" }]);
    for (const name of ["cx23", "cpx22", "cax11"]) {
      expect(await listedLocations(name)).not.toContain("nbg1");
      expect(await refusalOf({ server_type: name })).toBe(
        "412 resource_unavailable: server location disabled",
      );
    }
  });

  test("is also required for a change of type", async () => {
    await control.setSoldOut([{ location: "nbg1", serverType: "cx33" }]);
    expect(await changeType("cx33")).toBe("412 resource_unavailable");
  });

  test("is normal again after an empty list", async () => {
    await control.setSoldOut([{ location: "nbg1" }]);
    await control.setSoldOut([]);
    await makeServer(emulator);
  });
});

describe("prices", () => {
  async function pricesIn(location: string) {
    const pricing = await emulator.read(pricingBody, "GET", "/pricing");
    const inPricing = pricing.pricing.server_types.find(({ name }) => name === "cpx22")?.prices;
    const inType = (await listedType("cpx22"))?.prices;
    expect(inPricing).toEqual(inType);
    return inType?.find((one) => one.location === location)?.price_monthly;
  }

  test("are different by location", async () => {
    expect(await pricesIn("fsn1")).toEqual({ net: "19.4900", gross: "23.1931" });
    expect(await pricesIn("ash")).toEqual({ net: "23.3880", gross: "27.8317" });
  });

  test("change for one type at one location, in both calls", async () => {
    await control.change({ prices: [{ serverType: "cpx22", location: "hel1", monthly: 12 }] });
    expect(await pricesIn("hel1")).toEqual({ net: "12.0000", gross: "14.2800" });
    expect(await pricesIn("fsn1")).toEqual({ net: "19.4900", gross: "23.1931" });
  });
});

describe("a server type that leaves", () => {
  const announced = "2026-11-01T00:00:00Z";
  const future = { announced, unavailableAfter: "2027-02-01T00:00:00Z" };
  const past = { announced, unavailableAfter: "2026-11-20T00:00:00Z" };

  test("is announced by location, and can still be ordered", async () => {
    await control.change({ deprecations: [{ serverType: "cx23", location: "nbg1", ...future }] });
    const type = await listedType("cx23");
    expect(type?.deprecation).toBeNull();
    expect(type?.locations.map(({ deprecation: one }) => one)).toEqual([
      null,
      { announced, unavailable_after: "2027-02-01T00:00:00Z" },
      null,
    ]);
    expect(type?.locations.map(({ recommended }) => recommended)).toEqual([true, false, true]);
    await makeServer(emulator);
  });

  test("can't be ordered at a location after its end there, nor changed to", async () => {
    await control.change({ deprecations: [{ serverType: "cx33", location: "nbg1", ...past }] });
    expect(await listedLocations("cx33")).toEqual(["fsn1", "hel1"]);
    expect(await refusalOf({ server_type: "cx33" })).toContain("unsupported location for server type");
    expect(await changeType("cx33")).toBe("422 invalid_server_type");
    await makeServer(emulator, { name: "there", server_type: "cx33", location: "fsn1" });
  });

  test("is no longer listed after its end everywhere, but servers keep it", async () => {
    const { id } = await makeServer(emulator);
    await control.change({ deprecations: [{ serverType: "cx23", ...past }] });
    expect(await listedType("cx23")).toBeUndefined();
    expect(await refusalOf({ name: "other" })).toContain("422 invalid_input");
    expect((await getServer(emulator, id)).server_type.name).toBe("cx23");
    expect((await emulator.call("GET", "/server_types/114")).status).toBe(200);
  });

  test("leaves when its time has come", async () => {
    await control.change({ deprecations: [{ serverType: "cx23", ...future }] });
    expect((await listedType("cx23"))?.deprecation).not.toBeNull();
    emulator.clock.advance(Date.parse(future.unavailableAfter) - emulator.clock.now().getTime());
    expect(await listedType("cx23")).toBeUndefined();
  });
});

describe("an image that leaves", () => {
  const announced = "2026-11-01T00:00:00Z";
  const list = (query = "") =>
    emulator.read(names("images"), "GET", `/images?name=debian-13&architecture=x86${query}`);

  test("is listed only on request once it is announced, and can still be ordered", async () => {
    const unavailableAfter = "2027-02-01T00:00:00Z";
    await control.change({ deprecations: [{ image: "debian-13", announced, unavailableAfter }] });
    expect(await list()).toEqual([]);
    expect(await list("&include_deprecated=true")).toEqual(["debian-13"]);
    const { body } = await emulator.call("GET", "/images/310557660");
    expect(body).toMatchObject({ image: { deprecation: { unavailable_after: unavailableAfter } } });
    await makeServer(emulator);
  });

  test("is neither listed nor ordered after its end", async () => {
    const { id } = await makeServer(emulator);
    const unavailableAfter = "2026-11-20T00:00:00Z";
    await control.change({ deprecations: [{ image: "debian-13", announced, unavailableAfter }] });
    expect(await list("&include_deprecated=true")).toEqual([]);
    expect(await refusalOf({ name: "other" })).toContain("invalid input in field 'image'");
    const rebuild = { image: "debian-13" };
    expect(await emulator.errorOf("POST", `/servers/${id}/actions/rebuild`, rebuild)).toBe(
      "422 invalid_input",
    );
    expect((await getServer(emulator, id)).image.name).toBe("debian-13");
  });
});
