import { randomUUID } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { differenceFrom, rememberShown, takeShown } from "../../hetzner/shown-order.ts";
import { wanted } from "./fixtures.ts";

const choice = {
  serverType: "cx23",
  location: "fsn1",
  cost: "cx23 in fsn1: 5.99 € a month with the address, before tax (Hetzner's price list of 2026-11-26)",
};
const dearer = { ...choice, cost: choice.cost.replace("5.99", "55.99") };
const nextDay = { ...choice, cost: choice.cost.replace("2026-11-26", "2026-11-27") };

describe("an order after a preview", () => {
  test("is refused if it costs something else than was shown", () => {
    expect(differenceFrom(choice, dearer)).toMatch(
      /showed cx23 in fsn1: 5\.99 €[^]*Now it would be[^]*55\.99 €[^]*pulumi up/,
    );
  });

  test("is placed if it is the one that was shown, or if nothing was shown", () => {
    expect(differenceFrom(choice, nextDay)).toBeUndefined();
    expect(differenceFrom(undefined, dearer)).toBeUndefined();
  });
});

test("what a preview has shown stands for one update, and for an hour", () => {
  const stack = `organization/test/${randomUUID()}`;
  const now = Date.now();
  rememberShown(stack, wanted, choice);
  expect(takeShown(stack, wanted, now)).toEqual(choice);
  expect(takeShown(stack, wanted, now)).toBeUndefined();
  rememberShown(stack, wanted, choice);
  expect(takeShown(stack, wanted, now + 3_700_000)).toBeUndefined();
  rememberShown(stack, wanted, choice);
  expect(takeShown(stack, { ...wanted, serverType: "cx33" }, now)).toBeUndefined();
});
