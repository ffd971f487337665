import { expect, test } from "@jest/globals";
import { settleOrders } from "../../../../scripts/lib/orders/settlement.ts";
import { server } from "../../../support/fixtures.ts";

test("whatever fails while the orders are read is a problem to report: the caller still has the key pair to delete", async () => {
  const { problem, open } = await settleOrders({
    outputs: {
      ...server,
      liveKeyPair: "a1b2c3d4",
      bot: undefined,
      isPaper: false,
      hasServer: true,
      image: undefined,
      order: { name: undefined, location: undefined, cost: undefined, version: undefined },
    },
    readAccess: () => {
      throw new TypeError("canary");
    },
    isStopped: true,
    cancels: "yes",
    yes: true,
    print: () => undefined,
  });
  expect(open).toBeUndefined();
  expect(problem).toMatch(
    /^The account's open orders could not be read: this program has a mistake \(TypeError\)/,
  );
  expect(problem).not.toContain("canary");
});
