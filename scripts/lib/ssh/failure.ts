import { presentable, type Trouble, type UnreachableReason } from "../../../binance/errors.ts";

/** OpenSSH's own words, which have been the same for many versions. The first that fits counts. */
const signs: [RegExp, UnreachableReason, string][] = [
  [
    /Host key verification failed|REMOTE HOST IDENTIFICATION|No .* host key is known/i,
    "ssh-host-key",
    "the server shows another host key than the pinned one",
  ],
  [/Permission denied \(/i, "ssh-denied", "the server doesn't take the deploy key"],
  [
    /open failed|stdio forwarding failed|administratively prohibited/i,
    "ssh-forwarding",
    "the server has made no connection to Binance",
  ],
  [
    /connect to host|Connection timed out|No route to host|Connection refused|timed out during banner|Timeout, server|kex_exchange_identification|Connection (closed|reset) by/i,
    "ssh-unreachable",
    "the server doesn't answer SSH",
  ],
];

/** Why an ssh that should carry a connection has ended, by what it wrote to standard error. */
export function sshTrouble(stderr: string): Trouble {
  for (const [sign, reason, detail] of signs) {
    if (sign.test(stderr)) {
      return { kind: "unreachable", reason, detail };
    }
  }
  const last = stderr.trim().split("\n").at(-1) ?? "";
  return { kind: "unreachable", reason: "ssh", detail: presentable(last) || "ssh has ended without a word" };
}
