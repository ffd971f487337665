import { expect, test } from "@jest/globals";
import { outdatedPackages } from "../../../../scripts/lib/update/packages.ts";

const wanted = {
  packages: {
    "": { version: "0.8.0" },
    "node_modules/zod": { version: "4.6.7" },
    "node_modules/tar": { version: "7.5.23" },
    "node_modules/jest": { version: "30.0.0", dev: true },
    "node_modules/@esbuild/darwin-arm64": { version: "0.28.2", optional: true },
    "node_modules/sandbox": { link: true },
  },
};

test("packages of other versions, and missing ones, are outdated; tools and other systems' packages don't count", () => {
  const installed = { packages: { "node_modules/zod": { version: "4.6.6" } } };
  expect(outdatedPackages(wanted, installed)).toEqual(["node_modules/zod", "node_modules/tar"]);
  expect(outdatedPackages(wanted, wanted)).toEqual([]);
});
