import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { fence, isFenced } from "../../hetzner/fence.ts";
import { type Answers, HetznerStandIn, refusal } from "./support.ts";

let hetzner: HetznerStandIn;

beforeAll(async () => {
  hetzner = await HetznerStandIn.start();
});

afterAll(() => {
  hetzner.stop();
});

const labels = { "pulumi-project": "trading-bot-server", "pulumi-stack": "prod" };
const wanted = { id: 42, name: "trading-bot-prod", labels };
const rules = [
  {
    description: "Fenced: nothing leaves this server",
    direction: "out",
    protocol: "tcp",
    port: "1",
    source_ips: [],
    destination_ips: ["127.0.0.1/32"],
  },
];
const done = { body: { actions: [{ id: 7, command: "apply_firewall", status: "success" }] } };

function server(status: string, firewalls: { id: number; status: string }[]) {
  return { body: { server: { status, public_net: { firewalls } } } };
}

/** What Hetzner answers about a server that is off, until a test says otherwise. */
function answers(more: Answers = {}): Answers {
  return {
    "GET /servers/42": server("off", [{ id: 5, status: "applied" }]),
    "GET /firewalls": { body: { firewalls: [{ id: 5, rules }] } },
    "GET /firewalls/5": { body: { firewall: { id: 5, rules } } },
    "PUT /servers/42": { body: {} },
    ...more,
  };
}

describe("a fence", () => {
  test("is confirmed by what Hetzner shows afterwards, and gives the server another name", async () => {
    hetzner.answer(answers());
    expect(await fence(hetzner.client(), wanted)).toEqual({ isOff: true, isCutOff: true, problems: [] });
    const put = hetzner.requests.findLast(({ call }) => call === "PUT /servers/42");
    expect(JSON.parse(put?.body ?? "")).toEqual({
      name: "trading-bot-prod-fenced",
      labels: { ...labels, "pulumi-resource": "fenced" },
    });
  });

  test("has one firewall: the stack's own is removed, because two allow what either of them allows", async () => {
    hetzner.answer(
      answers({
        "GET /servers/42": [
          ...Array.from({ length: 3 }, () => server("off", [{ id: 3, status: "applied" }])),
          server("off", [{ id: 5, status: "applied" }]),
        ],
        "POST /firewalls/5/actions/apply_to_resources": done,
        "POST /firewalls/3/actions/remove_from_resources": done,
      }),
    );
    expect(await fence(hetzner.client(), wanted)).toMatchObject({ isCutOff: true });
    expect(hetzner.calls).toContain("POST /firewalls/3/actions/remove_from_resources");
  });

  test("isn't confirmed while another firewall is applied, or ours is pending, or has other rules", async () => {
    const open = [
      { "GET /servers/42": server("off", [{ id: 5, status: "pending" }]) },
      { "GET /firewalls/5": { body: { firewall: { id: 5, rules: [] } } } },
      {
        "GET /servers/42": server("off", [
          { id: 5, status: "applied" },
          { id: 9, status: "applied" },
        ]),
        "POST /firewalls/9/actions/remove_from_resources": done,
      },
    ];
    for (const more of open) {
      hetzner.answer(answers(more));
      expect(await fence(hetzner.client(), wanted)).toMatchObject({ isOff: true, isCutOff: false });
    }
  });

  test("isn't confirmed while the server is on, and says why", async () => {
    hetzner.answer(
      answers({
        "GET /servers/42": server("running", [{ id: 5, status: "applied" }]),
        "POST /servers/42/actions/shutdown": refusal(423, "locked", "the server is locked"),
        "POST /servers/42/actions/poweroff": refusal(403, "forbidden", "not today"),
      }),
    );
    const { isOff, isCutOff, problems } = await fence(hetzner.client(), wanted);
    expect({ isOff, isCutOff }).toEqual({ isOff: false, isCutOff: true });
    expect(problems).toEqual([expect.stringContaining("could not be powered off")]);
  });

  test("cuts the power at once if Hetzner refuses to shut the server down", async () => {
    hetzner.answer(
      answers({
        "GET /servers/42": [
          ...Array.from({ length: 3 }, () => server("running", [{ id: 5, status: "applied" }])),
          server("off", [{ id: 5, status: "applied" }]),
        ],
        "POST /servers/42/actions/shutdown": refusal(403, "forbidden", "not today"),
        "POST /servers/42/actions/poweroff": { body: { action: { id: 8, command: "x", status: "success" } } },
      }),
    );
    expect(await fence(hetzner.client(), wanted)).toEqual({ isOff: true, isCutOff: true, problems: [] });
    expect(hetzner.calls).toContain("POST /servers/42/actions/poweroff");
  });

  test("of a server that doesn't exist any more is there already", async () => {
    hetzner.answer({ "GET /servers/42": refusal(404, "not_found", "gone") });
    expect(await fence(hetzner.client(), wanted)).toEqual({ isOff: true, isCutOff: true, problems: [] });
  });
});

test("what is fenced is known by its label", () => {
  expect(isFenced({ labels: { ...labels, "pulumi-resource": "fenced" } })).toBe(true);
  expect(isFenced({ labels })).toBe(false);
});
