import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";
import * as z from "zod";
import { publicServer, type Tls } from "../emulator/server.ts";
import type { Download } from "./download.ts";

/** A name of a package, and of a file of it, in an address. */
interface Named {
  Params: { name: string; file: string };
}

/** What the index needs. */
export interface PythonIndexOptions {
  /** The folder with packages of the run's own. It is read for each request, so a test can add some. */
  folder: string;
  /** Requests a path from the host's package index. */
  fromHost: Download;
  /** Adds the run's authority to a wheel of certifi. */
  addAuthority: (wheel: Buffer) => Promise<Buffer>;
}

const hostPage = z.object({ files: z.array(z.looseObject({ filename: z.string() })) });

/**
 * PyPI: its index in the simple format (PEP 691), and the files. A package of the run's own hides the one of this name
 * that the host's index has.
 */
export function createPythonIndex(options: PythonIndexOptions, tls?: Tls): FastifyInstance {
  const { folder, fromHost, addAuthority } = options;
  const site = publicServer(tls);

  site.get<Named>("/simple/:name/", async ({ params }, reply) => {
    const name = normalized(params.name);
    const own = await ownFiles(folder, name);
    if (own.length > 0) {
      return sendPage(reply, name, own);
    }
    const { status, body } = await fromHost(`/simple/${encodeURIComponent(name)}/`);
    if (status !== 200) {
      return reply.code(status).send(body);
    }
    const { files } = hostPage.parse(JSON.parse(body.toString()));
    return sendPage(reply, name, name === "certifi" ? files.flatMap(withoutHash) : files);
  });

  site.get<Named>("/packages/:name/:file", async ({ params }, reply) => {
    const { name, file } = params;
    const own = (await readdir(folder)).includes(file) && packageOf(file) === name;
    if (own) {
      return reply.type("application/octet-stream").send(await readFile(join(folder, file)));
    }
    const { status, body } = await fromHost(
      `/packages/${encodeURIComponent(name)}/${encodeURIComponent(file)}`,
    );
    const isChanged = status === 200 && name === "certifi";
    return reply
      .code(status)
      .type("application/octet-stream")
      .send(isChanged ? await addAuthority(body) : body);
  });
  return site;
}

function sendPage(reply: FastifyReply, name: string, files: readonly object[]): FastifyReply {
  return reply
    .type("application/vnd.pypi.simple.v1+json")
    .send(JSON.stringify({ meta: { "api-version": "1.0" }, name, files }));
}

/** Wheels of certifi are changed when they are downloaded, so the hash in the index would be wrong. */
function withoutHash(file: { filename: string }): object[] {
  return file.filename.endsWith(".whl") ? [{ ...file, hashes: {}, "core-metadata": false }] : [];
}

async function ownFiles(folder: string, name: string): Promise<object[]> {
  const files = (await readdir(folder)).filter((file) => packageOf(file) === name);
  return Promise.all(
    files.map(async (filename) => {
      const content = await readFile(join(folder, filename));
      const sha256 = createHash("sha256").update(content).digest("hex");
      const url = `https://files.pythonhosted.org/packages/${name}/${filename}`;
      return { filename, url, hashes: { sha256 } };
    }),
  );
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
