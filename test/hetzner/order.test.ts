import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { lookAtOrder, parseChoice } from "../../hetzner/order.ts";
import { existing, wanted } from "./fixtures.ts";
import { type Answer, type Answers, HetznerStandIn, refusal, token } from "./support.ts";

let hetzner: HetznerStandIn;

beforeAll(async () => {
  hetzner = await HetznerStandIn.start();
});

afterAll(() => {
  hetzner.stop();
});

const cx23 = {
  id: 114,
  name: "cx23",
  description: "CX23",
  cores: 2,
  memory: 4.0,
  disk: 40,
  architecture: "x86",
  cpu_type: "shared",
  deprecation: null,
  prices: [{ location: "fsn1", price_monthly: { net: "5.4900000000", gross: "6.5331000000" } }],
  locations: [{ id: 1, name: "fsn1", deprecation: null, recommended: true, available: true }],
};
const pricing = {
  currency: "EUR",
  vat_rate: "19.00",
  primary_ips: [
    { type: "ipv4", prices: [{ location: "fsn1", price_monthly: { net: "0.5000", gross: "0.5950" } }] },
  ],
};
const image = { id: 1, name: "debian-13", architecture: "x86", deprecation: null };
const address = {
  id: 7,
  name: wanted.name,
  ip: "203.0.113.10",
  location: { name: "fsn1" },
  protection: { delete: true },
};

function hetznerWith(more: Answers = {}): Answers {
  return {
    "POST /servers": refusal(422, "invalid_input"),
    "GET /server_types": { body: { server_types: [cx23] } },
    "GET /pricing": { body: { pricing } },
    "GET /images": { body: { images: [image] } },
    "GET /servers": { body: { servers: [] } },
    "GET /primary_ips": { body: { primary_ips: [] } },
    "GET /volumes": { body: { volumes: [] } },
    ...more,
  };
}

function look(more?: Answers) {
  hetzner.answer(hetznerWith(more));
  return lookAtOrder(hetzner.client(), wanted);
}

test.each([
  [true, /^To be ordered at Hetzner: a cx23 in fsn1 .*, at the address that exists\.\n/],
  [false, /^Nothing is ordered at Hetzner: the server trading-bot-prod stays a cx23/],
])(
  "if the stack orders its server (%s), one that exists isn't said to stay",
  async (ordersServer, report) => {
    hetzner.answer(
      hetznerWith({
        "GET /servers": { body: { servers: [existing()] } },
        "GET /primary_ips": { body: { primary_ips: [address] } },
      }),
    );
    expect(await lookAtOrder(hetzner.client(), { ...wanted, ordersServer })).toMatchObject({
      errors: [],
      report: expect.stringMatching(report),
    });
  },
);

test("a look reads what is sold and what exists, and changes nothing", async () => {
  const date = new Date(hetzner.clock.time).toISOString().slice(0, 10);
  expect(await look()).toMatchObject({
    choice: {
      serverType: "cx23",
      location: "fsn1",
      cost: `cx23 in fsn1: 5.99 € a month with the address, before tax (Hetzner's price list of ${date})`,
    },
    errors: [],
    warnings: [],
    server: undefined,
  });
  expect(hetzner.requests.filter(({ call }) => !call.startsWith("GET "))).toEqual([
    { call: "POST /servers", authorization: `Bearer ${token}`, body: "{}" },
  ]);
  expect(hetzner.requests.map(({ call }) => call)).toEqual(
    expect.arrayContaining([
      "GET /servers?name=trading-bot-prod&page=1&per_page=50",
      "GET /primary_ips?name=trading-bot-prod&page=1&per_page=50",
      "GET /images?name=debian-13&include_deprecated=true&page=1&per_page=50",
    ]),
  );
});

test("an address that exists decides the location, and a server is found", async () => {
  const ip = {
    id: 9,
    name: "a",
    ip: "203.0.113.9",
    location: { name: "nbg1" },
    protection: { delete: true },
  };
  const { choice, errors } = await look({ "GET /primary_ips": { body: { primary_ips: [ip] } } });
  expect(choice).toBeUndefined();
  expect(errors[0]).toMatch(/in nbg1/);
  const server = {
    id: 42,
    name: "trading-bot-prod",
    status: "off",
    server_type: { name: "cx22", architecture: "x86" },
    location: { name: "nbg1" },
    primary_disk_size: 40,
    public_net: { ipv4: { ip: "203.0.113.10" } },
  };
  const found = await look({ "GET /servers": { body: { servers: [server] } } });
  expect(found.server).toEqual({ id: 42, serverType: "cx22", location: "nbg1", status: "off" });
});

test("the end of a type everywhere is read, as older replies have it", async () => {
  const ended = { announced: "2026-01-01T00:00:00+00:00", unavailable_after: "2026-02-01T00:00:00+00:00" };
  const { errors } = await look({
    "GET /server_types": { body: { server_types: [{ ...cx23, deprecation: ended }] } },
  });
  expect(errors[0]).toMatch(/^Hetzner has no server that fits/);
});

describe("the token", () => {
  test.each<[string, Answer]>([
    ["token_readonly", refusal(401, "token_readonly")],
    ["forbidden", refusal(403, "forbidden")],
  ])("may only read: %s", async (_, answer) => {
    expect(await look({ "POST /servers": answer })).toMatchObject({
      choice: undefined,
      errors: [
        "The API token may only read. Create one with the permission Read & Write (Hetzner's Console, your project, Security, API tokens), and set it: pulumi config set --secret hcloud:token",
      ],
    });
  });

  test("is unknown: the error says what to do, and nothing else is requested", async () => {
    await expect(look({ "POST /servers": refusal(401, "unauthorized") })).rejects.toMatchObject({
      code: "unauthorized",
      status: 401,
      message: expect.stringMatching(
        /\(unauthorized, HTTP 401\)\. Hetzner doesn't accept the API token\. Create one .* pulumi config set --secret hcloud:token$/,
      ),
    });
    expect(hetzner.calls).toEqual(["POST /servers"]);
  });

  test("can't be checked without a connection", async () => {
    await expect(look({ "POST /servers": "lost" })).rejects.toMatchObject({ code: "unreachable" });
  });

  test.each<[string, Answer]>([
    ["another refusal", refusal(403, "resource_limit_exceeded", "server limit exceeded")],
    ["maintenance", refusal(503, "maintenance")],
    ["an order that was accepted", { status: 201, body: {} }],
  ])("could not be verified: %s. That isn't a pass", async (_, answer) => {
    const { errors, warnings } = await look({ "POST /servers": answer });
    expect(errors).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/^Could not verify that the API token may write\. /)]);
  });

  test("is in no finding", async () => {
    const found = await look({ "POST /servers": refusal(403, "maintenance", token) });
    expect(inspect(found)).not.toContain("canary");
  });
});

test("a reply that can't be read is a failure that names the field", async () => {
  const broken = { ...cx23, locations: [{ name: "fsn1" }] };
  await expect(look({ "GET /server_types": { body: { server_types: [broken] } } })).rejects.toMatchObject({
    code: "unreadable",
    message: expect.stringMatching(
      /\/server_types\?.*: the reply has no readable 0\.locations\.0\.available\. /,
    ),
  });
});

test("a price that isn't one is a failure", async () => {
  const broken = { ...cx23, prices: [{ location: "fsn1", price_monthly: { net: "free" } }] };
  await expect(look({ "GET /server_types": { body: { server_types: [broken] } } })).rejects.toMatchObject({
    code: "unreadable",
  });
});

test("a choice that was written down is read again, and anything else isn't", () => {
  const choice = { serverType: "cx23", location: "fsn1", cost: "5.99 €" };
  expect(parseChoice(JSON.stringify(choice))).toEqual(choice);
  expect(() => parseChoice("{}")).toThrow();
  expect(() => parseChoice("")).toThrow();
});
