import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate for hosts, and the authority that it is from. */
export interface Certificate {
  /** PEM texts. */
  key: string;
  cert: string;
  ca: string;
}

/** Makes a certificate and a new authority that signs it, with OpenSSL. */
export function makeCertificate(host: string, ...others: string[]): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) =>
    execFileSync("openssl", ["req", "-x509", "-days", "2", ...args], { stdio: "pipe" });
  const names = [host, ...others].map((name) => `DNS:${name}`);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];
  try {
    openssl(...newKey, "-subj", "/CN=Test CA", "-keyout", file("ca.key"), "-out", file("ca.crt"));
    openssl(
      ...newKey,
      ...["-subj", `/CN=${host}`, "-addext", `subjectAltName=${names.join(",")}`],
      ...["-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-addext", "basicConstraints=critical,CA:FALSE"],
      ...["-keyout", file("key"), "-out", file("crt")],
    );
    return {
      key: readFileSync(file("key"), "utf8"),
      cert: readFileSync(file("crt"), "utf8"),
      ca: readFileSync(file("ca.crt"), "utf8"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes an authority's certificate to a file, for programs that must trust it. */
export function certificateFile(folder: string, ca: string): string {
  const file = join(folder, "ca.crt");
  writeFileSync(file, ca);
  return file;
}
