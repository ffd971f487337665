import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { publicServer, type Tls } from "../emulator/server.ts";

/** A name of a file, or of a package, in an address. */
interface Named {
  Params: { name: string };
}

/**
 * PyPI with a few packages: its index in the simple format (PEP 503), and the files.
 *
 * @param folders where the files are; they are read for each request, so a test can add some
 */
export function createPythonIndex(folders: readonly string[], tls?: Tls): FastifyInstance {
  const site = publicServer(tls);
  site.get<Named>("/simple/:name/", async ({ params }, reply) => {
    const files = (await filesIn(folders)).filter(({ file }) => packageOf(file) === normalized(params.name));
    if (files.length === 0) {
      return reply.code(404).send("404 Not Found");
    }
    const links = await Promise.all(files.map(({ path, file }) => link(path, file)));
    return reply.type("text/html").send(`<!DOCTYPE html><html><body>${links.join("\n")}</body></html>`);
  });
  site.get<Named>("/packages/:name", async ({ params }, reply) => {
    const found = (await filesIn(folders)).find(({ file }) => file === params.name);
    return found === undefined
      ? reply.code(404).send("404 Not Found")
      : reply.type("application/octet-stream").send(await readFile(found.path));
  });
  return site;
}

interface PackageFile {
  path: string;
  file: string;
}

async function filesIn(folders: readonly string[]): Promise<PackageFile[]> {
  const listed = await Promise.all(
    folders.map(async (folder) => {
      const files = await readdir(folder).catch(() => []);
      return files.map((file) => ({ path: join(folder, file), file }));
    }),
  );
  return listed.flat();
}

async function link(path: string, file: string): Promise<string> {
  const hash = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  return `<a href="https://files.pythonhosted.org/packages/${file}#sha256=${hash}">${file}</a>`;
}

/** The package that a file is of: "my_signals-1.0-py3-none-any.whl" is of "my-signals". */
function packageOf(file: string): string {
  const name = file.endsWith(".whl")
    ? file.slice(0, file.indexOf("-"))
    : file.slice(0, file.lastIndexOf("-"));
  return normalized(name);
}

function normalized(name: string): string {
  return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}
