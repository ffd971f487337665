import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../scripts/lib/command/user-error.ts";
import { planMove, type Settings } from "../../../../scripts/lib/move/plan.ts";
import { parseStackState } from "../../../../scripts/lib/stack/state.ts";
import { exportedState, resources } from "../../../support/stack-state.ts";

const withoutKey = { ...resources.stack, outputs: { liveKeyPair: "none" } };
const { address, server } = resources;

function plan(location: string, made: object[], settings: Settings = { location: "" }) {
  return planMove(parseStackState(exportedState(made)), settings, location).kind;
}

describe("a move", () => {
  test("deletes an address that is elsewhere, with or without a server", () => {
    expect(plan("nbg1", [withoutKey, address, server])).toBe("delete-first");
    expect(plan("nbg1", [address], { location: "nbg1" })).toBe("delete-first");
  });

  test("has nothing to do if the stack is there", () => {
    expect(plan("fsn1", [withoutKey, address, server])).toBe("nothing");
    expect(plan("fsn1", [resources.stack, address, server, resources.keyPair])).toBe("nothing");
  });

  test("deletes a volume that is elsewhere as well, also if an earlier move has deleted only the address", () => {
    expect(plan("nbg1", [withoutKey, address, server, resources.volume])).toBe("delete-first");
    expect(plan("nbg1", [withoutKey, resources.volume])).toBe("delete-first");
    expect(plan("fsn1", [withoutKey, resources.volume])).toBe("up");
  });

  test("only runs `pulumi up` if nothing has to be deleted", () => {
    expect(plan("nbg1", [])).toBe("up");
    expect(plan("fsn1", [withoutKey, address])).toBe("up");
    expect(plan("fsn1", [withoutKey, address, server], { location: "nbg1" })).toBe("up");
  });
});

describe("a move is refused", () => {
  function refusal(location: string, made: object[], settings?: Settings): string {
    try {
      plan(location, made, settings);
    } catch (error) {
      return error instanceof UserError ? error.message : "";
    }
    return "";
  }

  test.each([
    ["a key pair is live", [resources.stack, address, server], {}, "the key pair a1b2c3d4 is live"],
    ["an interrupted run installed a key pair", [withoutKey, address, resources.keyPair], {}, "is live"],
    ["a key is set", [withoutKey, address], { "binance:apiKey": "canary" }, "binance:apiKey is set"],
  ])("if %s, with a way to go on", (_, made, settings, expected) => {
    const message = refusal("nbg1", made, settings);
    expect(message).toContain(expected);
    expect(message).toContain("203.0.113.10");
    expect(message).toContain("create a second stack in nbg1");
    expect(message).not.toContain("canary");
  });

  test.each([
    ["ash", "Ashburn, USA"],
    ["mars1", "fsn1, nbg1, hel1"],
    ["constructor", "not a known location"],
  ])("to %s, unless any location is allowed", (location, expected) => {
    expect(refusal(location, [])).toContain(expected);
    expect(refusal(location, [])).toContain("pulumi config set allowAnyLocation true");
    expect(plan(location, [], { allowAnyLocation: "true" })).toBe("up");
  });
});
