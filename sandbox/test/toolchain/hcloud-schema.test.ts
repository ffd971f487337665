import { describe, expect, test } from "@jest/globals";
import { officialSchema, parseSchema, type Shape, shapeOfResource } from "./schema.ts";
import { schemaOfPlugin } from "./toolchain-home.ts";

const official = officialSchema("hcloud");
const ours = parseSchema(schemaOfPlugin("hcloud"));

/** Where the plugin may differ, and why. The official schema is of July 2026, with the Terraform provider 1.66. */
const deviations: Record<string, Record<string, string>> = {
  "hcloud:index/server:Server": {
    "inputs.datacenter":
      "gone from Hetzner's API; the Terraform provider 1.68 no longer replaces a server for it, 1.66 did",
  },
};

const used = [
  "hcloud:index/server:Server",
  "hcloud:index/primaryIp:PrimaryIp",
  "hcloud:index/firewall:Firewall",
  "hcloud:index/sshKey:SshKey",
];

const agreed = (token: string, shape: Shape): Shape =>
  Object.fromEntries(Object.entries(shape).filter(([path]) => !(path in (deviations[token] ?? {}))));

describe("the hcloud plugin against the official one", () => {
  test("has the same resources", () => {
    expect(Object.keys(ours.resources).sort()).toEqual(Object.keys(official.resources).sort());
  });

  test.each(used)("%s has the same inputs and outputs", (token) => {
    expect(agreed(token, shapeOfResource(ours, token))).toEqual(
      agreed(token, shapeOfResource(official, token)),
    );
  });

  test("the resources that the product doesn't use also have the same", () => {
    for (const token of Object.keys(official.resources)) {
      expect(agreed(token, shapeOfResource(ours, token))).toEqual(
        agreed(token, shapeOfResource(official, token)),
      );
    }
  });
});
