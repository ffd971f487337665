import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A Python program that tries what attacks need, and prints for each whether it is permitted. */
export const attempts = readFileSync(join(import.meta.dirname, "bots/attempts.py"), "utf8");

const refused = "Operation not permitted";
const noSuchFamily = "Address family not supported by protocol";

/** What it prints with the profile "strict". */
export const withStrict: Record<string, string> = {
  memfd_create: refused,
  memfd_secret: refused,
  userfaultfd: refused,
  io_uring_setup: refused,
  io_setup: refused,
  pidfd_getfd: refused,
  ptrace: refused,
  AF_INET6: noSuchFamily,
  AF_VSOCK: noSuchFamily,
  AF_PACKET: noSuchFamily,
  AF_NETLINK: "permitted",
  MPTCP: "Protocol not available",
  terminal: "No such file or directory",
  "memory for code": "Permission denied",
};

/** What a runtime that compiles code needs besides. */
export const withJit: Record<string, string> = {
  ...withStrict,
  "memory for code": "permitted",
};

/** What was printed, by what was tried. */
export function outcomes(output: string): Record<string, string> {
  const lines = output.split("\n").flatMap((line) =>
    Object.keys(withStrict)
      .filter((name) => line.startsWith(`${name} `))
      .map((name): [string, string] => [name, line.slice(name.length + 1)]),
  );
  return Object.fromEntries(lines);
}
