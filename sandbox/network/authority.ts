import { appendFile, copyFile, cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt, run } from "../command.ts";

const certificates = "/etc/ssl/certs";
const bundle = join(certificates, "ca-certificates.crt");
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];

/** Makes the run's own certificate authority in `folder`; its key never leaves the run. */
export async function makeAuthority(folder: string): Promise<void> {
  await run([
    "openssl",
    ...["req", "-x509", ...newKey, "-days", "30", "-subj", "/CN=Private internet CA"],
    ...["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
    ...["-keyout", join(folder, "ca.key"), "-out", join(folder, "ca.crt")],
  ]);
}

/** Makes `HOST.key` and `HOST.crt` in the authority's folder. They are also valid for the aliases. */
export async function certify(folder: string, host: string, ...aliases: string[]): Promise<void> {
  const names = [host, ...aliases].map((name) => `DNS:${name}`);
  await run([
    "openssl",
    ...["req", "-x509", ...newKey, "-days", "30", "-subj", `/CN=${host}`],
    ...["-CA", join(folder, "ca.crt"), "-CAkey", join(folder, "ca.key")],
    ...["-addext", `subjectAltName=${names.join(",")}`, "-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-addext", "extendedKeyUsage=serverAuth"],
    ...["-keyout", join(folder, `${host}.key`), "-out", join(folder, `${host}.crt`)],
  ]);
}

/**
 * Makes a file system trust the authority, like Debian's update-ca-certificates, but half a second faster.
 * @param root "/" for the sandbox itself, which has its own /etc; otherwise a machine's disk
 */
export async function trust(folder: string, root: string): Promise<void> {
  const certificate = join(folder, "ca.crt");
  const hash = await run(["openssl", "x509", "-noout", "-subject_hash", "-in", certificate]);
  const file = "private-internet.crt";
  const old = await readFile(join(root, bundle), "utf8").catch(() => "");
  await mkdir(join(root, certificates), { recursive: true });
  await copyFile(certificate, join(root, certificates, file));
  // New files instead of the old ones, which may be links.
  const hashed = join(root, certificates, `${hash.trim()}.0`);
  await Promise.all([hashed, join(root, bundle)].map((name) => rm(name, { force: true })));
  await symlink(file, hashed);
  await writeFile(join(root, bundle), old + (await readFile(certificate, "utf8")));
}

/** The variables that make programs with their own bundle trust the authority. */
export function trustVariables(folder: string): Record<string, string> {
  return {
    SSL_CERT_FILE: bundle,
    CURL_CA_BUNDLE: bundle,
    REQUESTS_CA_BUNDLE: bundle,
    NODE_EXTRA_CA_CERTS: join(folder, "ca.crt"),
  };
}

/**
 * Makes the programs of a Python interpreter trust the authority. Many use the package certifi, which has its own bundle
 * in the interpreter's folder. They find a copy of it that also has the authority.
 *
 * @returns the variables that do it
 */
export async function trustInPython(folder: string, python: string): Promise<Record<string, string>> {
  const find = "import certifi, os; print(os.path.dirname(certifi.__file__))";
  const { code, stdout } = await attempt([python, "-c", find]);
  if (code !== 0) {
    // None of its packages uses certifi.
    return {};
  }
  const packages = join(folder, "python");
  await cp(stdout.trim(), join(packages, "certifi"), { recursive: true });
  await appendFile(join(packages, "certifi/cacert.pem"), await readFile(join(folder, "ca.crt")));
  return { PYTHONPATH: packages };
}
