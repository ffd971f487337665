import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as z from "zod";

const versions = z.record(z.string(), z.string()).default({});

function packagesOf(folder: string): Record<string, string> {
  const file = join(import.meta.dirname, "..", folder, "package.json");
  const { dependencies, devDependencies } = z
    .object({ dependencies: versions, devDependencies: versions })
    .parse(JSON.parse(readFileSync(file, "utf8")));
  return { ...dependencies, ...devDependencies };
}

const product = packagesOf(".");
const sandbox = packagesOf("sandbox");

test("the product and the sandbox use the same version of each package", () => {
  const common = Object.keys(sandbox).filter((name) => name in product);
  // The sandbox has the plugins for the versions in its package.json.
  expect(common).toEqual(expect.arrayContaining(["@pulumi/command", "@pulumi/hcloud", "node", "zod"]));
  expect(common.filter((name) => sandbox[name] !== product[name])).toEqual([]);
});

test("every version is exact", () => {
  const all = Object.entries({ ...product, ...sandbox });
  expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test("the sandbox has development dependencies only, so that `npm ci --omit=dev` installs none of them", () => {
  const file = join(import.meta.dirname, "../sandbox/package.json");
  expect(JSON.parse(readFileSync(file, "utf8"))).not.toHaveProperty("dependencies");
});
