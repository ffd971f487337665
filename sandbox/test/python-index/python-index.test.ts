import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { createPythonIndex } from "../../python-index/python-index.ts";

const wheel = "certifi-2026.1.1-py3-none-any.whl";

let folder: string;
let index: FastifyInstance;
let requested: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "python-index-"));
  requested = [];
  index = createPythonIndex({ folder, fromHost, addAuthority });
});

afterEach(async () => {
  await index.close();
  await rm(folder, { recursive: true });
});

test("lists a package of the run's own with its hashes, serves its files, and doesn't ask the host for it", async () => {
  await writeFile(join(folder, "My_Signals-1.0-py3-none-any.whl"), "a wheel");
  await writeFile(join(folder, "my-signals-0.9.tar.gz"), "a source archive");
  await writeFile(join(folder, "other-1.0.tar.gz"), "another");
  const filename = "My_Signals-1.0-py3-none-any.whl";
  const { files } = await page("/simple/My.Signals/");
  expect(files).toContainEqual({
    filename,
    url: `https://files.pythonhosted.org/packages/my-signals/${filename}`,
    hashes: { sha256: createHash("sha256").update("a wheel").digest("hex") },
  });
  expect(files).toHaveLength(2);
  expect((await index.inject(`/packages/my-signals/${filename}`)).body).toBe("a wheel");
  expect(requested).toEqual([]);
});

test("passes on what the host's index has", async () => {
  expect(await page("/simple/NumPy/")).toEqual({
    meta: { "api-version": "1.0" },
    name: "numpy",
    files: [{ filename: "numpy-1.whl", hashes: { sha256: "12" }, "core-metadata": { sha256: "34" } }],
  });
  expect((await index.inject("/packages/numpy/numpy-1.whl")).body).toBe("numpy's wheel");
  expect((await index.inject("/packages/numpy/numpy-1.whl.metadata")).body).toBe("metadata");
});

test("names of files can be long", async () => {
  const file = `numpy-1-${"manylinux_2_28_x86_64.".repeat(8)}whl`;
  expect((await index.inject(`/packages/numpy/${file}`)).statusCode).toBe(404);
  expect(requested).toEqual([`/packages/numpy/${file}`]);
});

test("a package that the host's index lacks, and an index that can't be reached", async () => {
  expect((await index.inject("/simple/missing/")).statusCode).toBe(404);
  const unreachable = await index.inject("/simple/unreachable/");
  expect([unreachable.statusCode, unreachable.body]).toEqual([502, "curl: (6) Could not resolve host"]);
});

test("certifi has one more authority, so its hash isn't listed, and neither are its source archives", async () => {
  const { files } = await page("/simple/certifi/");
  expect(files).toEqual([{ filename: wheel, hashes: {}, "core-metadata": false }]);
  expect((await index.inject(`/packages/certifi/${wheel}`)).body).toBe("certifi's wheel, and the authority");
});

async function page(path: string) {
  const { body } = await index.inject(path);
  return z.looseObject({ files: z.array(z.unknown()) }).parse(JSON.parse(body));
}

const answers: Record<string, [status: number, body: string]> = {
  "/simple/numpy/": [
    200,
    '{"files": [{"filename": "numpy-1.whl", "hashes": {"sha256": "12"}, "core-metadata": {"sha256": "34"}}]}',
  ],
  "/packages/numpy/numpy-1.whl": [200, "numpy's wheel"],
  "/packages/numpy/numpy-1.whl.metadata": [200, "metadata"],
  "/simple/unreachable/": [502, "curl: (6) Could not resolve host"],
  "/simple/certifi/": [
    200,
    `{"files": [{"filename": "${wheel}", "hashes": {"sha256": "12"}}, {"filename": "certifi-1.tar.gz", "hashes": {}}]}`,
  ],
  [`/packages/certifi/${wheel}`]: [200, "certifi's wheel"],
};

function fromHost(path: string) {
  requested.push(path);
  const [status, body] = answers[path] ?? [404, "404 Not Found"];
  return Promise.resolve({ status, body: Buffer.from(body) });
}

function addAuthority(content: Buffer) {
  return Promise.resolve(Buffer.from(`${content.toString()}, and the authority`));
}
