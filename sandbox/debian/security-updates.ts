import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../command.ts";

// A package archive of the run's own, beside Debian's: what a test publishes here, machines install as one of Debian's
// security updates. Nobody here can sign for Debian, so the image trusts this one source without a signature.

/** The archive's name, which is the first part of its paths. */
export const securityUpdates = "security-updates";

/** The folder of the archive, below the run's folder on the host. */
export function archiveIn(runFolder: string): string {
  return join(runFolder, securityUpdates);
}

const suite = "trixie-security";
/** Where `apt-get update` looks for what the archive holds. The packages are for every machine's architecture. */
const architectures = ["amd64", "arm64"];

/** Writes the archive's index again, after a package was added or before the first one. */
export async function writeIndex(archive: string): Promise<void> {
  const pool = join(archive, "pool");
  await mkdir(pool, { recursive: true });
  const entries = await Promise.all((await readdir(pool)).map((name) => entryOf(pool, name)));
  const packages = entries.join("\n");
  const release = join(archive, "dists", suite);
  const indices = architectures.map((architecture) => `main/binary-${architecture}/Packages`);
  for (const index of indices) {
    await mkdir(join(release, index, ".."), { recursive: true });
    await writeFile(join(release, index), packages);
  }
  await writeFile(join(release, "Release"), releaseOf(packages, indices));
}

/** Publishes a package with the same files under a higher version. @returns that version */
export async function publishAgain(archive: string, packageFile: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "update-"));
  try {
    const tree = join(folder, "tree");
    await run(["dpkg-deb", "--raw-extract", packageFile, tree]);
    const control = await readFile(join(tree, "DEBIAN/control"), "utf8");
    const version = `${field(control, "Version")}+security1`;
    await writeFile(join(tree, "DEBIAN/control"), control.replace(/^Version: .*$/m, `Version: ${version}`));
    const built = join(folder, `${field(control, "Package")}.deb`);
    // The quickest compression: the C library would take 15 s otherwise.
    await run(["dpkg-deb", "-Zgzip", "-z1", "--root-owner-group", "--build", tree, built]);
    await copyFile(built, join(archive, "pool", `${field(control, "Package")}.deb`));
    await writeIndex(archive);
    return version;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function entryOf(pool: string, name: string): Promise<string> {
  const file = join(pool, name);
  const content = await readFile(file);
  const control = await run(["dpkg-deb", "--field", file]);
  return [
    control.trimEnd(),
    `Filename: pool/${name}`,
    `Size: ${content.length}`,
    `SHA256: ${sha256(content)}`,
    "",
  ].join("\n");
}

/** With the names of Debian's own security archive: machines install automatically what has these. */
function releaseOf(packages: string, indices: readonly string[]): string {
  const hash = `${sha256(packages)} ${Buffer.byteLength(packages)}`;
  return [
    "Origin: Debian",
    "Label: Debian-Security",
    "Suite: stable-security",
    `Codename: ${suite}`,
    `Date: ${new Date().toUTCString()}`,
    `Architectures: ${architectures.join(" ")}`,
    "Components: main",
    "SHA256:",
    ...indices.map((index) => ` ${hash} ${index}`),
    "",
  ].join("\n");
}

function field(control: string, name: string): string {
  const value = new RegExp(`^${name}: (.*)$`, "m").exec(control)?.[1];
  if (value === undefined) {
    throw new Error(`the package has no field ${name}`);
  }
  return value;
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
