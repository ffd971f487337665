import { describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { activeAddress } from "../../components/active-address.ts";
import { ServerOrder } from "../../components/server-order.ts";
import { acceptHooks } from "./mocks.ts";

// What `pulumi up --target` and `pulumi preview --target` do in a stack that isn't made yet: Pulumi leaves out what isn't
// named, and gives no outputs of it.

describe.each(["an update", "a preview"])("in %s that leaves out everything", (kind) => {
  async function leaveOutEverything(): Promise<void> {
    const nothing = { call: () => ({}), newResource: () => ({ id: undefined, state: {} }) };
    await pulumi.runtime.setMocks(nothing, "trading-bot-server", "prod", kind === "a preview");
    acceptHooks();
  }

  test("the server has its first address: a stack without this record was never moved", async () => {
    await leaveOutEverything();
    expect(await activeAddress(undefined)).toBe("first");
  });

  test("the program says that the order is missing, and what to do", async () => {
    await leaveOutEverything();
    const order = new ServerOrder("order", {
      name: "trading-bot-prod",
      hetzner: { token: "t".repeat(64) },
      serverType: undefined,
      location: undefined,
      volume: undefined,
    });
    await expect(order.decided()).rejects.toThrow(
      "The record of what is ordered at Hetzner doesn't exist yet, and --target leaves it out. The rest of the stack needs it, so run this without --target first: pulumi up",
    );
  });
});
