import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { attachVolume } from "../../hetzner/volumes.ts";
import { actionAnswer, type Answer, HetznerStandIn, refusal } from "./support.ts";

let hetzner: HetznerStandIn;

beforeAll(async () => {
  hetzner = await HetznerStandIn.start();
});

afterAll(() => {
  hetzner.stop();
});

const attach = "POST /volumes/7/actions/attach";
const detach = "POST /volumes/7/actions/detach";

function on(server: number | null): Answer {
  const volume = { id: 7, name: "a", size: 10, location: { name: "fsn1" }, protection: { delete: true } };
  return { body: { volume: { ...volume, server } } };
}

function serverThat(status: string): Answer {
  const server = {
    id: 1,
    name: "a",
    status,
    server_type: { name: "cx23", architecture: "x86" },
    location: { name: "fsn1" },
    primary_disk_size: 40,
    public_net: { ipv4: null },
  };
  return { body: { server } };
}

function calls(): string[] {
  return hetzner.requests.map(({ call }) => call).filter((call) => call.startsWith("POST"));
}

test("a volume that is free is attached, and it isn't mounted by Hetzner", async () => {
  hetzner.answer({ "GET /volumes/7": [on(null), on(2)], [attach]: actionAnswer("success") });
  expect(await attachVolume(hetzner.client(), 7, 2)).toBe(true);
  expect(hetzner.requests.find(({ call }) => call === attach)?.body).toBe(
    JSON.stringify({ server: 2, automount: false }),
  );
});

test("a volume that is attached stays so", async () => {
  hetzner.answer({ "GET /volumes/7": on(2) });
  expect(await attachVolume(hetzner.client(), 7, 2)).toBe(false);
  expect(calls()).toEqual([]);
});

test("it is taken from an earlier server that is off", async () => {
  hetzner.answer({
    "GET /volumes/7": [on(1), on(null), on(2)],
    "GET /servers/1": serverThat("off"),
    [detach]: actionAnswer("success"),
    [attach]: actionAnswer("success"),
  });
  expect(await attachVolume(hetzner.client(), 7, 2)).toBe(true);
  expect(calls()).toEqual([detach, attach]);
});

test("it is never taken from a server that is on", async () => {
  hetzner.answer({ "GET /volumes/7": on(1), "GET /servers/1": serverThat("running") });
  await expect(attachVolume(hetzner.client(), 7, 2)).rejects.toThrow("isn't taken away from a server");
  expect(calls()).toEqual([]);
});

test("a lost answer does no harm: the next look sees that it is attached", async () => {
  hetzner.answer({ "GET /volumes/7": [on(null), on(2)], [attach]: "lost" });
  expect(await attachVolume(hetzner.client(), 7, 2)).toBe(true);
  expect(calls()).toEqual([attach]);
});

test("a volume in another location is refused with Hetzner's reason", async () => {
  hetzner.answer({ "GET /volumes/7": on(null), [attach]: refusal(422, "invalid_input") });
  await expect(attachVolume(hetzner.client(), 7, 2)).rejects.toMatchObject({ code: "invalid_input" });
});
