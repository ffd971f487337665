import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../scripts/lib/command/user-error.ts";
import {
  addressesIn,
  addressIn,
  liveKeyPairIn,
  monthlyCostIn,
  parseStackState,
  serverIn,
  spareAddressIn,
  stackNameIn,
} from "../../../../scripts/lib/stack/state.ts";
import { exportedState, resources } from "../../../support/stack-state.ts";

function parse(...resources: object[]) {
  return parseStackState(exportedState(resources));
}

describe("a stack that is complete", () => {
  const state = parse(resources.stack, resources.address, resources.server, resources.keyPair);

  test("has its name, its address, its server, its key pair and its price", () => {
    expect(stackNameIn(state)).toBe("prod");
    expect(addressIn(state)).toEqual({
      urn: resources.address.urn,
      id: 20000001,
      name: "trading-bot-prod",
      ipAddress: "203.0.113.10",
      location: "fsn1",
      isProtected: true,
    });
    expect(serverIn(state)).toEqual({
      urn: resources.server.urn,
      id: 1000001,
      name: "trading-bot-prod",
      serverType: "cx23",
      image: "debian-13",
      location: "fsn1",
      generation: "1000001",
    });
    expect(liveKeyPairIn(state)).toBe("a1b2c3d4");
    expect(monthlyCostIn(state)).toBe("cx23 in fsn1: 5.99 € a month");
  });
});

describe("a stack with a standby address", () => {
  const { address, standby, activeAddress, server, generation } = resources;

  test("has its server at the first one, until the state says otherwise", () => {
    const state = parse(standby, address, activeAddress, server, generation);
    expect(addressIn(state)?.ipAddress).toBe("203.0.113.10");
    expect(spareAddressIn(state)?.ipAddress).toBe("203.0.113.20");
    expect(serverIn(state)?.generation).toBe("1000001-1");
    const moved = { ...activeAddress, outputs: { input: "first", output: "standby" } };
    const after = parse(standby, address, moved, server);
    expect(addressesIn(after).map(({ ipAddress }) => ipAddress)).toEqual(["203.0.113.20", "203.0.113.10"]);
  });
});

describe("a server's generation", () => {
  test("is what a rebuild has written down", () => {
    expect(serverIn(parse(resources.server, resources.generation))?.generation).toBe("1000001-1");
  });

  test("is its id if that was written down for the previous server, which `pulumi up` has just replaced", () => {
    const server = { ...resources.server, id: "2000002" };
    expect(serverIn(parse(server, resources.generation))?.generation).toBe("2000002");
  });
});

describe.each([
  ["without a deployment", "{}"],
  ["whose deployment is null", '{"deployment":null}'],
  ["that was never deployed", '{"version":3,"deployment":{"manifest":{}}}'],
])("a stack %s", (_, json) => {
  test("has made nothing", () => {
    const state = parseStackState(json);
    expect(state).toEqual({ resources: [], interrupted: [] });
    expect(stackNameIn(state)).toBeUndefined();
    expect(addressIn(state)).toBeUndefined();
    expect(serverIn(state)).toBeUndefined();
    expect(liveKeyPairIn(state)).toBeUndefined();
    expect(monthlyCostIn(state)).toBeUndefined();
  });
});

describe("an interrupted `pulumi up`", () => {
  test("a first one that failed after the address: no outputs, no server", () => {
    const state = parse({ ...resources.stack, outputs: undefined }, resources.address);
    expect(addressIn(state)?.id).toBe(20000001);
    expect(serverIn(state)).toBeUndefined();
    expect(liveKeyPairIn(state)).toBeUndefined();
  });

  test("that installed a key pair, and failed before its outputs were recorded: some pair is live", () => {
    const before = { ...resources.stack, outputs: { liveKeyPair: "none" } };
    expect(liveKeyPairIn(parse(before, resources.keyPair))).toBe("unknown");
    const removed = { ...resources.keyPair, inputs: { create: "sudo binance-credential remove" } };
    expect(liveKeyPairIn(parse(before, removed))).toBeUndefined();
  });

  test("what it was making is listed apart", () => {
    const state = parseStackState(exportedState([resources.stack], [resources.server]));
    expect(serverIn(state)).toBeUndefined();
    expect(state.interrupted.map(({ urn }) => urn)).toEqual([resources.server.urn]);
  });

  test.each(["delete", "pendingReplacement"])(
    "a server that a replacement deleted (%s) isn't one",
    (mark) => {
      expect(serverIn(parse(resources.stack, { ...resources.server, [mark]: true }))).toBeUndefined();
    },
  );
});

test.each([["canary"], ['{"deployment":{"resources":[{"urn":1,"canary":2}]}}']])(
  "%s isn't a state, and nothing of it is shown",
  (json) => {
    expect(() => parseStackState(json)).toThrow(UserError);
    expect(() => parseStackState(json)).toThrow("other than a stack's state");
    expect(() => parseStackState(json)).not.toThrow("canary");
  },
);

test("an address or a server without its properties is named, and no value is shown", () => {
  const state = parse({ ...resources.address, outputs: { name: "canary" } });
  expect(() => addressIn(state)).toThrow(/no usable ipAddress, location for urn:.*::address/);
  expect(() => addressIn(state)).not.toThrow("canary");
  expect(() => serverIn(parse({ ...resources.server, id: "canary" }))).toThrow("no usable id");
});
