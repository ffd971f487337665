import { describe, expect, test } from "@jest/globals";
import { judge } from "../../hetzner/order.ts";
import type { VolumeReply } from "../../hetzner/replies.ts";
import type { Choice, Situation, WantedVolume } from "../../hetzner/situation.ts";
import { planOfVolume, volumeSetting } from "../../hetzner/state-volume.ts";
import { catalogue, existing, situation, wanted } from "./fixtures.ts";

function volume(size: number): VolumeReply {
  return {
    id: 7,
    name: wanted.name,
    size,
    location: { name: "fsn1" },
    server: null,
    protection: { delete: true },
  };
}

const previous: Choice = { serverType: "cx23", location: "fsn1", cost: "5.99 €" };

function wants(volumeSetting: WantedVolume | undefined, more: Partial<Situation> = {}): Situation {
  return situation({
    catalogue: { ...catalogue(), volumePerGb: 0.057 },
    wanted: { ...wanted, volume: volumeSetting },
    ...more,
  });
}

const nothing = { errors: [], warnings: [] };

describe("the volume for the bot's state", () => {
  test.each<[string, WantedVolume | undefined, Partial<Situation>, number]>([
    ["is ordered in the size of the setting", 20, {}, 20],
    ["grows", 20, { volume: volume(10) }, 20],
    ["has 10 GB for a new stack without the setting", undefined, {}, 10],
    ["isn't ordered for an address that was kept", undefined, { addressLocation: "fsn1" }, 0],
    ["isn't ordered for a server that is replaced", undefined, { server: existing() }, 0],
    ["isn't there with none", "none", {}, 0],
    ["stays if the setting is removed: it has a bot's state", undefined, { volume: volume(10) }, 10],
    ["stays with none, until it is released by its name", "none", { volume: volume(10) }, 10],
    ["stays decided if the first order has failed", undefined, { previous: { ...previous, volume: 10 } }, 10],
    ["isn't ordered for a stack of an older version", undefined, { previous, server: existing() }, 0],
  ])("%s", (_, setting, more, size) => {
    expect(planOfVolume(wants(setting, more)).size).toBe(size);
    expect(judge(wants(setting, more), nothing).choice?.volume).toBe(size);
  });

  test("is shown with its price, and is in what the stack costs", () => {
    const look = judge(wants(10), nothing);
    expect(look.report).toContain(
      "To be ordered at Hetzner: a volume of 10 GB for the bot's state, which outlives the server. Price of today, before tax: 0.57 € a month.",
    );
    expect(look.choice?.cost).toMatch(
      /^cx23 in fsn1: 6\.56 € a month with the address and a volume of 10 GB, before tax/,
    );
  });

  test("is shown for a server that stays", () => {
    const { report } = judge(wants(10, { server: existing() }), nothing);
    expect(report).toContain(
      "No server is ordered at Hetzner: the server trading-bot-prod stays a cx23 in fsn1.",
    );
    expect(report).toContain("a volume of 10 GB");
    expect(report).not.toContain("Nothing is ordered");
  });

  test("is shown when it grows", () => {
    const { report } = judge(wants(20, { server: existing(), volume: volume(10) }), nothing);
    expect(report).toContain("from 10 GB to 20 GB. Price of today, before tax: 1.14 € a month.");
  });

  test("can't become smaller", () => {
    const { errors, choice } = judge(wants(10, { server: existing(), volume: volume(20) }), nothing);
    expect(errors).toEqual([expect.stringContaining("pulumi config set stateVolume 20")]);
    expect(choice).toBeUndefined();
  });

  test("is ordered again with its price by a move, which deletes it, and may be smaller then", () => {
    const moves = { ...wanted, location: "nbg1", replaces: "server-and-address" as const };
    const { errors, report } = judge(
      wants(10, { server: existing(), volume: volume(20), wanted: { ...moves, volume: 10 } }),
      nothing,
    );
    expect(errors).toEqual([]);
    expect(report).toContain("a volume of 10 GB for the bot's state");
    const unset = wants(undefined, {
      server: existing(),
      volume: volume(20),
      wanted: { ...moves, volume: undefined },
    });
    expect(planOfVolume(unset)).toEqual({ size: 10, existing: 0 });
  });

  test("has a setting of Pulumi's, which is a text", () => {
    expect(["none", "12", "", undefined].map(volumeSetting)).toEqual(["none", 12, undefined, undefined]);
  });

  test("isn't ordered while the server is at the standby address: it is for the first one", () => {
    const atStandby = { ...wanted, volume: 10, addressName: "trading-bot-prod-standby" };
    const { errors } = judge(wants(10, { server: existing(), wanted: atStandby }), nothing);
    expect(errors).toEqual([expect.stringContaining("npm run failover -- --back")]);
  });

  test("decides the location of a new server", () => {
    const there = { ...volume(10), location: { name: "hel1" } };
    expect(judge(wants(10, { volume: there }), nothing).choice?.location).toBe("hel1");
  });
});
