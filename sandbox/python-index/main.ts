// PyPI on the private internet: the packages that prepare/python-index.sh has downloaded, and those of tests.
import * as z from "zod";
import { readCertificate } from "../emulator/serve.ts";
import { foldersOfThisRun } from "../run-folders.ts";
import { createPythonIndex } from "./python-index.ts";

const { PYTHON_INDEX_HOST: host } = z
  .object({ PYTHON_INDEX_HOST: z.string().default("192.0.2.60") })
  .parse(process.env);
const { dir, downloadedPythonPackages, pythonPackages } = foldersOfThisRun();

const index = createPythonIndex(
  [downloadedPythonPackages, pythonPackages],
  await readCertificate(dir, "pypi.org"),
);
await index.listen({ host, port: 443 });
