import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { attempt } from "../command.ts";
import { type CachedFile, NoSuchFile } from "../debian/package-cache.ts";

/** A file of the package index that this host's pip uses. */
export interface IndexFile extends CachedFile {
  url: string;
  /** Its hash as the index gives it. A page of the index has none. */
  sha256?: string;
}

const listedFile = z.looseObject({
  filename: z.string(),
  url: z.string(),
  hashes: z.looseObject({ sha256: z.string() }),
});

/** A file as a page of the index lists it (PEP 691). */
export type ListedFile = z.infer<typeof listedFile>;

const page = z.object({ files: z.array(z.looseObject({ hashes: z.record(z.string(), z.string()) })) });

/** What a page of the index lists. Files without a SHA-256 are left out: nobody could check them. */
export function filesOnPage(text: string): ListedFile[] {
  return page.parse(JSON.parse(text)).files.flatMap((file) => {
    const { data } = listedFile.safeParse(file);
    return data === undefined ? [] : [data];
  });
}

/** The index that pip has in its settings on this host, or else PyPI. */
export async function indexOfHost(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const ask = ["python3", "-m", "pip", "config", "get", "global.index-url"] as const;
  const configured = environment.PIP_INDEX_URL ?? (await attempt(ask).catch(() => undefined))?.stdout.trim();
  const address = configured === undefined || configured === "" ? "https://pypi.org/simple" : configured;
  return address.replace(/\/+$/, "");
}

/** The page of a package in an index. */
export function pageOf(index: string, name: string): IndexFile {
  return { archive: "simple", path: `${name}.json`, isImmutable: false, url: `${index}/${name}/` };
}

/** A listed file, or its metadata (PEP 658), which has the file's name and an ending. */
export function downloadOf(page: string, { filename, url, hashes }: ListedFile, ending: string): IndexFile {
  return {
    archive: "packages",
    path: `${hashes.sha256}/${filename}${ending}`,
    isImmutable: true,
    url: new URL(url, page).href + ending,
    ...(ending === "" ? { sha256: hashes.sha256 } : {}),
  };
}

/** Downloads with curl, which knows this host's proxies and certificates. */
export async function download({ url, sha256 }: IndexFile, target: string): Promise<void> {
  const { code, stdout, stderr } = await attempt(
    [
      ...(["setpriv", "--pdeathsig", "KILL", "curl", "--config", "-"] as const),
      ...["--silent", "--show-error", "--fail", "--location", "--retry", "3", "--max-time", "600"],
      ...["--header", "Accept: application/vnd.pypi.simple.v1+json, */*;q=0.1"],
      ...["--write-out", "%{http_code}", "--output", target],
    ],
    // The address of a company's index can have a password, so it isn't an argument.
    { stdin: `url = ${JSON.stringify(url)}\n` },
  );
  if (code !== 0) {
    throw stdout === "404"
      ? new NoSuchFile("the host's package index doesn't have it")
      : new Error(stderr.trim());
  }
  if (sha256 !== undefined && (await sha256Of(target)) !== sha256) {
    throw new Error("it has another SHA-256 than the host's package index says");
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
