// A way out of the sandbox: files of Debian's package archive, and nothing else. It also serves the run's own archive of
// security updates. It runs on the host. The sandbox reaches it by a Unix socket in the folder that it is started in.
//
// apt-cacher-ng was tried and doesn't fit: it listens on all of the host's interfaces even if only its Unix socket is
// wanted, and it uses its own settings instead of those of the host's apt (mirror, proxy, certificates).
import { createReadStream } from "node:fs";
import { access, mkdir, readFile, stat } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { attempt } from "../command.ts";
import { type ArchiveFile, archiveFileOf } from "./archive-file.ts";
import { mirrorsIn, mirrorsOfHost } from "./mirrors.ts";
import { NoSuchFile, PackageCache } from "./package-cache.ts";
import { archiveIn, securityUpdates, writeIndex } from "./security-updates.ts";

const [folder, sources] = z.tuple([z.string(), z.string()]).parse(process.argv.slice(2));
// Read when a machine requests the first file, because most runs request none.
let mirrors: ReturnType<typeof mirrorsOfHost> | undefined;

const ownArchive = archiveIn(process.cwd());
await writeIndex(ownArchive);
await mkdir("debian-incoming");
const cache = new PackageCache({
  folder,
  incoming: "debian-incoming",
  download,
  freshFor: 3 * 60 * 60 * 1000,
});

createServer((request, response) => {
  const wanted = archiveFileOf(request.method ?? "", request.url ?? "");
  const answer =
    wanted === undefined
      ? refuse(response, 403, "The sandbox lets through requests for files of Debian's archive only.")
      : send(wanted, request.method === "HEAD", response);
  answer.catch((error: unknown) => {
    process.stderr.write(`${request.url ?? ""}: ${String(error)}\n`);
    response.destroy();
  });
}).listen("debian.sock");

async function send(wanted: ArchiveFile, isHead: boolean, response: ServerResponse): Promise<void> {
  let file: string;
  try {
    file = wanted.archive === securityUpdates ? await ownFile(wanted) : await cache.file(wanted);
  } catch (error) {
    process.stderr.write(`${wanted.archive}/${wanted.path}: ${String(error)}\n`);
    return refuse(response, error instanceof NoSuchFile ? 404 : 502, String(error));
  }
  const { size } = await stat(file);
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": size });
  if (isHead) {
    response.end();
  } else {
    await pipeline(createReadStream(file), response);
  }
}

async function ownFile({ path }: ArchiveFile): Promise<string> {
  const file = join(ownArchive, path);
  await access(file).catch(() => {
    throw new NoSuchFile(`${path}: not in the run's own archive`);
  });
  return file;
}

function refuse(response: ServerResponse, status: number, reason: string): Promise<void> {
  response.writeHead(status, { "content-type": "text/plain" }).end(`${reason}\n`);
  return Promise.resolve();
}

/** Downloads like this host's apt: through its proxies, with its certificates and retries. */
async function download({ archive, path }: ArchiveFile, target: string): Promise<void> {
  mirrors ??= readFile(sources, "utf8").then((text) => mirrorsOfHost(mirrorsIn(text)));
  const mirror = (await mirrors).get(archive);
  if (mirror === undefined) {
    throw new NoSuchFile(`the machines' image has no source "${archive}"`);
  }
  const { code, stderr } = await attempt([
    ...(["setpriv", "--pdeathsig", "KILL", "env", "LC_ALL=C"] as const),
    ...["/usr/lib/apt/apt-helper", "--option", "APT::Sandbox::User=root"],
    ...["download-file", `${mirror}/${path}`, join(process.cwd(), target)],
  ]);
  if (code === 0) {
    return;
  }
  const reason = `${mirror}/${path}: ${stderr.trim()}`;
  throw /^E: .* 404 /m.test(stderr) ? new NoSuchFile(reason) : new Error(reason);
}
