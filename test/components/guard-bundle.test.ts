import { expect, test } from "@jest/globals";
import { guardBundle } from "../../components/guard-bundle.ts";

test("the guard is one file that imports only from Node, and is the same on every computer", async () => {
  const bundle = await guardBundle();
  expect(await guardBundle()).toBe(bundle);
  expect(bundle).not.toContain(process.cwd());
  const imported = [...bundle.matchAll(/^import .* from "(.*)";$/gm)].map(([, name = ""]) => name);
  expect(imported.length).toBeGreaterThan(0);
  expect(imported.filter((name) => !name.startsWith("node:"))).toEqual([]);
});

test("the guard's file leaves out what it doesn't need, such as zod's languages", async () => {
  expect(await guardBundle()).not.toContain("zod/v4/locales/de.js");
});
