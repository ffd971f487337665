// Python's packages, from the index that this host's pip uses. It runs on the host, and passes on nothing but pages of
// the index and the files that they list. The sandbox reaches it by a Unix socket in the folder that it is started in.
import { createReadStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import type { FastifyReply } from "fastify";
import * as z from "zod";
import { NoSuchFile, PackageCache } from "../debian/package-cache.ts";
import { publicServer } from "../emulator/server.ts";
import { download, downloadOf, filesOnPage, type IndexFile, indexOfHost, pageOf } from "./host-index.ts";

const [folder] = z.tuple([z.string()]).parse(process.argv.slice(2));
await mkdir("python-incoming");
const cache = new PackageCache<IndexFile>({
  folder,
  incoming: "python-incoming",
  download,
  freshFor: 3 * 60 * 60 * 1000,
});
// Read when a machine requests the first package, because most runs request none.
let index: ReturnType<typeof indexOfHost> | undefined;

const names = z.object({ name: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/) });
const fileNames = names.extend({ file: z.string().regex(/^\w[\w.+!-]*$/) });

const site = publicServer(undefined);

site.get("/simple/:name/", ({ params }, reply) =>
  answer(reply, async () => {
    const { name } = names.parse(params);
    const files = (await listed(name)).files.map((file) => ({
      ...file,
      url: `https://files.pythonhosted.org/packages/${name}/${file.filename}`,
    }));
    return reply.send({ files });
  }),
);

site.get("/packages/:name/:file", ({ params }, reply) =>
  answer(reply, async () => {
    const { name, file } = fileNames.parse(params);
    const ending = file.endsWith(".metadata") ? ".metadata" : "";
    const { url, files } = await listed(name);
    const found = files.find(({ filename }) => filename + ending === file);
    if (found === undefined) {
      throw new NoSuchFile("the host's package index doesn't list it");
    }
    const path = await cache.file(downloadOf(url, found, ending));
    return reply.type("application/octet-stream").send(createReadStream(path));
  }),
);

await site.listen({ path: "python-index.sock" });

async function listed(name: string) {
  index ??= indexOfHost();
  const page = pageOf(await index, name);
  return { url: page.url, files: filesOnPage(await readFile(await cache.file(page), "utf8")) };
}

async function answer(reply: FastifyReply, send: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof z.ZodError) {
      return reply.code(404).send("404 Not Found");
    }
    process.stderr.write(`${reply.request.url}: ${String(error)}\n`);
    return reply.code(error instanceof NoSuchFile ? 404 : 502).send(String(error));
  }
}
