import { beforeAll, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { BotServer } from "../../components/bot-server.ts";
import { Hardening } from "../../components/hardening.ts";
import { ServerOrder } from "../../components/server-order.ts";
import { StateVolume, stateVolume } from "../../components/state-volume.ts";
import { StaticIp } from "../../components/static-ip.ts";
import { decided, mockEngine, resource, valueOf } from "./mocks.ts";

const name = "trading-bot-prod";
let declared: StateVolume | undefined;
/** What the volume was declared with: a value is known, and an output comes from another resource. */
let inputs: Record<string, unknown> = {};

beforeAll(async () => {
  await mockEngine();
  const order = new ServerOrder("order", {
    name,
    hetzner: { token: "t".repeat(64) },
    serverType: undefined,
    location: undefined,
    volume: undefined,
  });
  const address = new StaticIp("address", { name, location: undefined, order });
  const server = new BotServer("server", {
    name,
    address,
    order,
    serverType: undefined,
    adminCidrs: ["198.51.100.10/32"],
    sshKeys: [],
    previousSshKeys: undefined,
    keyEnds: false,
  });
  const hardening = new Hardening("hardening", {
    server,
    rebootTime: "03:30",
    hosts: { bot: [], guard: [] },
    pagePort: undefined,
    storage: undefined,
  });
  const record: pulumi.ResourceTransformation = ({ type, props }) => {
    if (type === "hcloud:index/volume:Volume") {
      inputs = { ...props };
    }
    return undefined;
  };
  declared = await stateVolume(
    "state-volume",
    {
      name,
      decided: { ...decided, volume: 10 },
      location: undefined,
      wanted: undefined,
      order,
      server,
      isNear: true,
      hardening,
    },
    { transformations: [record] },
  );
  await valueOf(pulumi.output(declared?.ready?.urn ?? ""));
});

test("the volume outlives the server: it is protected, and no resource stays with it because it depends on that", () => {
  expect(resource("state-volume").inputs).toMatchObject({ name, size: 10, location: decided.location });
  expect(Object.keys(inputs)).toContain("location");
  for (const [key, value] of Object.entries(inputs)) {
    expect([key, pulumi.Output.isInstance(value)]).toEqual([key, false]);
  }
});

test("a step puts the bot's state there, once for each generation of the server", () => {
  expect(declared?.ready).toBeDefined();
  expect(JSON.parse(String(resource("state-place").inputs.stdin))).toMatchObject({ place: "volume" });
});
