import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import * as z from "zod";
import { missingPlugins } from "../plugin-versions.ts";

let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), "project-"));
});
afterEach(() => rm(project, { recursive: true }));

async function install(sdk: string, version: string): Promise<void> {
  const folder = join(project, "node_modules", sdk);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: sdk, version }));
}

test("a project without these SDKs needs no plugin", async () => {
  expect(await missingPlugins(project)).toEqual([]);
});

test("an SDK of the sandbox's own version finds its plugin", async () => {
  const { devDependencies } = z
    .object({ devDependencies: z.object({ "@pulumi/hcloud": z.string() }) })
    .parse(JSON.parse(await readFile(join(import.meta.dirname, "../package.json"), "utf8")));
  await install("@pulumi/hcloud", devDependencies["@pulumi/hcloud"]);
  expect(await missingPlugins(project)).toEqual([]);
});

test("an SDK of another version is named, with the version to use", async () => {
  await install("@pulumi/command", "0.0.1");
  expect(await missingPlugins(project)).toEqual([
    expect.stringMatching(/^The project has @pulumi\/command 0\.0\.1, and .* plugin of \d+\.\d+\.\d+\. Use/),
  ]);
});
