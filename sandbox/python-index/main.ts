// PyPI on the private internet: what the host's package index has, through proxy.ts, and what tests add.
import { join } from "node:path";
import * as z from "zod";
import { readCertificate } from "../emulator/serve.ts";
import { foldersOfThisRun } from "../run-folders.ts";
import { addAuthority } from "./certifi.ts";
import { downloadThrough } from "./download.ts";
import { createPythonIndex } from "./python-index.ts";

const { PYTHON_INDEX_HOST: host } = z
  .object({ PYTHON_INDEX_HOST: z.string().default("192.0.2.60") })
  .parse(process.env);
const { dir, disks, pythonPackages, tls } = foldersOfThisRun();
const authority = join(tls, "ca.crt");

const index = createPythonIndex(
  {
    folder: pythonPackages,
    fromHost: downloadThrough(join(disks, "python-index.sock")),
    addAuthority: (wheel) => {
      process.stderr.write("certifi was requested: it gets the sandbox's authority as well\n");
      return addAuthority(wheel, authority);
    },
  },
  await readCertificate(dir, "pypi.org"),
);
await index.listen({ host, port: 443 });
