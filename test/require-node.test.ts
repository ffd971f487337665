import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import * as z from "zod";

const root = join(import.meta.dirname, "..");
const preload = join(root, "components/require-node.cjs");
const folder = mkdtempSync(join(tmpdir(), "old-node-"));
const oldNode = join(folder, "old-node.cjs");

writeFileSync(
  oldNode,
  `Object.defineProperty(process, "version", { value: "v20.19.0" });
Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.0" } });
`,
);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
const entries = Object.entries(scripts).filter(([, command]) => command.startsWith("node "));

test.each(entries)("with an old Node, npm run %s says which one it needs", (_, command) => {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `${command} --help`], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: `--require=${oldNode}` },
  });
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^This program needs Node 22\.18 or newer; `node` is v20\.19\.0 \(.*\)\.\n/);
  // For both, npm and Pulumi.
  expect(stderr).toMatch(/npm ci[^]*npm run[^]*pulumi up/);
});

test("nothing is read from the shared folder for temporary files, and nothing is left there", () => {
  const shared = mkdtempSync(join(tmpdir(), "shared-"));
  const command = `const { getCompileCacheDir } = require("node:module"); console.log(getCompileCacheDir(), process.env.TS_NODE_CACHE)`;
  const { stdout } = spawnSync("node", ["--require", preload, "--eval", command], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: process.env.PATH, TMPDIR: shared },
  });
  expect(stdout).toMatch(`${root}/node_modules/.cache/compiled`);
  // For ts-node, which Pulumi's language host loads.
  expect(stdout).toMatch(/ false\n$/);
  for (const script of ["verify", "ssh"]) {
    spawnSync("node", ["--require", preload, `scripts/${script}.ts`, "--help"], {
      cwd: root,
      env: { PATH: process.env.PATH, TMPDIR: shared },
    });
  }
  expect(readdirSync(shared)).toEqual([]);
  rmSync(shared, { recursive: true });
});
