import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { createPythonIndex } from "../../python-index/python-index.ts";

let folder: string;
let index: FastifyInstance;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "python-index-"));
  index = createPythonIndex([folder, join(folder, "missing")]);
});

afterEach(async () => {
  await index.close();
  await rm(folder, { recursive: true });
});

test("lists a package's files, each with its hash, and serves them", async () => {
  await writeFile(join(folder, "My_Signals-1.0-py3-none-any.whl"), "a wheel");
  await writeFile(join(folder, "my-signals-0.9.tar.gz"), "a source archive");
  await writeFile(join(folder, "other-1.0.tar.gz"), "another");
  const { body } = await index.inject("/simple/my-signals/");
  const hash = createHash("sha256").update("a wheel").digest("hex");
  const file = "My_Signals-1.0-py3-none-any.whl";
  expect(body).toContain(
    `<a href="https://files.pythonhosted.org/packages/${file}#sha256=${hash}">${file}</a>`,
  );
  expect(body).toContain("my-signals-0.9.tar.gz");
  expect(body).not.toContain("other");
  expect((await index.inject(`/packages/${file}`)).body).toBe("a wheel");
});

test("doesn't have every package", async () => {
  expect((await index.inject("/simple/other/")).statusCode).toBe(404);
  expect((await index.inject("/packages/other-1.0.tar.gz")).statusCode).toBe(404);
});
