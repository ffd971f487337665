import { expect, test } from "@jest/globals";
import { guardBundle } from "../../components/guard-bundle.ts";

test("the guard is one file for Node alone, the same wherever and whenever it is made", async () => {
  const bundle = await guardBundle();
  expect(await guardBundle()).toBe(bundle);
  expect(bundle).not.toContain(process.cwd());
  const imported = [...bundle.matchAll(/^import .* from "(.*)";$/gm)].map(([, name = ""]) => name);
  expect(imported.length).toBeGreaterThan(0);
  expect(imported.filter((name) => !name.startsWith("node:"))).toEqual([]);
});

test("what the guard doesn't need is left out of its file, as zod's languages", async () => {
  expect(await guardBundle()).not.toContain("zod/v4/locales/de.js");
});
