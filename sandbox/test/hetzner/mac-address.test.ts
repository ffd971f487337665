import { expect, test } from "@jest/globals";
import { macAddress } from "../../hetzner/mac-address.ts";

test("each server has its own address, which follows from its id", () => {
  expect(macAddress(1)).toBe("96:00:00:00:00:01");
  expect(macAddress(920_001)).toBe("96:00:00:0e:09:c1");
});
