import { expect, test } from "@jest/globals";
import { nameServerCommand } from "../../network/name-server.ts";

test("the name server knows the given names only, and forwards no request", () => {
  const command = nameServerCommand(new Map([["api.hetzner.cloud", "192.0.2.10"]]));
  expect(command).toContain("--host-record=api.hetzner.cloud,192.0.2.10");
  expect(command).toContain("--no-resolv");
  expect(command).toContain("--local=/#/");
});
