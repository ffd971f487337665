import { redact } from "../../../binance/text.ts";
import type { TunnelFailure, TunnelReason } from "../../../checklist/diagnosis/tunnel.ts";

/** How many characters of ssh's standard error are kept: its last lines say why it has ended. */
const keptCharacters = 4000;

/** What ssh has printed on standard error so far, as far as it is kept. */
export function keepEnd(stderr: string, more: string): string {
  return (stderr + more).slice(-keptCharacters);
}

/** What OpenSSH prints, unchanged for many versions. The first match counts: it is the cause of those after it. */
const patterns: [RegExp, TunnelReason, string][] = [
  [/Could not stat KnownHostsCommand|^env: /im, "ssh-helper", "ssh could not run /usr/bin/env"],
  [
    /Bad configuration option|Unable to negotiate|no matching (key exchange|host key|cipher|MAC)/i,
    "ssh-version",
    "this ssh is too old for the server, or set up differently",
  ],
  [
    /Host key verification failed|REMOTE HOST IDENTIFICATION|No .* host key is known/i,
    "ssh-host-key",
    "the server shows a different host key than the pinned one",
  ],
  [/Permission denied \(/i, "ssh-denied", "the server refuses the deploy key"],
  [
    /channel \d+: open failed|stdio forwarding failed/i,
    "ssh-forwarding",
    "the server could not connect to Binance",
  ],
  [/Network is unreachable/i, "no-network", "there is no route to the server from this computer"],
  [/Connection refused/i, "ssh-refused", "the server refuses SSH connections"],
  [
    /during banner|Timeout, server|kex_exchange_identification|Connection (closed|reset|to \S+ closed) by|Broken pipe/i,
    "ssh-broken",
    "the connection was opened, and then broke",
  ],
  [/connect to host|timed out|No route to host/i, "ssh-unreachable", "the server doesn't answer"],
];

/** Why an ssh has ended that should have connected, from what it printed on standard error. */
export function sshFailure(stderr: string): TunnelFailure {
  for (const [pattern, reason, detail] of patterns) {
    if (pattern.test(stderr)) {
      return { kind: "tunnel", reason, detail };
    }
  }
  const lastLine = stderr.trim().split("\n").at(-1) ?? "";
  return {
    kind: "tunnel",
    reason: "ssh",
    detail: redact(lastLine) || "ssh ended without a message",
  };
}
