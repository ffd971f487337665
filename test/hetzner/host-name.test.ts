import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { hostName } from "../../hetzner/host-name.ts";

test("every stack gets a name that Hetzner accepts", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9._-]{1,100}$/), (stack) => {
      expect(hostName(stack)).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
    }),
  );
});

test("the name shows the stack", () => {
  expect(hostName("prod")).toBe("trading-bot-prod");
});
