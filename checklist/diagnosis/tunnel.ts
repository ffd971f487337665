import { type Diagnosis, type Situation, thenRepeat } from "./situation.ts";

/** Why the SSH tunnel through the server broke. */
export type TunnelReason =
  | "no-ssh"
  | "ssh-helper"
  | "ssh-version"
  | "no-network"
  | "ssh-unreachable"
  | "ssh-refused"
  | "ssh-broken"
  | "ssh-hangs"
  | "ssh-host-key"
  | "ssh-denied"
  | "ssh-forwarding"
  | "ssh";

/** How scripts/ report a broken tunnel to binance/, which knows nothing of SSH. */
export interface TunnelFailure {
  kind: "tunnel";
  reason: TunnelReason;
  detail: string;
}

const replaceServer = "`npm run replace -- --without-state`, which loses the bot's state";

const diagnoses: Record<Exclude<TunnelReason, "ssh">, (situation: Situation) => Diagnosis> = {
  "no-ssh": (situation) => ({
    causes: ["`ssh` isn't on the PATH."],
    remedy: `Install OpenSSH. ${thenRepeat(situation)}`,
  }),
  "ssh-helper": (situation) => ({
    causes: [
      "`/usr/bin/env` or `echo` is missing on this computer. ssh runs it to read the server's host key.",
    ],
    remedy: `Nothing was sent. Install both: they are in Debian's package coreutils. ${thenRepeat(situation)}`,
  }),
  "ssh-version": (situation) => ({
    causes: [
      "`ssh` on this computer is older than OpenSSH 8.5, or its encryption is restricted by the system.",
    ],
    remedy: `See the version: \`ssh -V\`. Install OpenSSH 8.5 or newer. ${thenRepeat(situation)}`,
  }),
  "no-network": (situation) => ({
    causes: ["This computer isn't connected to a network with IPv4.", "The server is off."],
    remedy: `Check this computer's connection, and the server in Hetzner's Cloud Console. ${thenRepeat(situation)}`,
  }),
  "ssh-refused": (situation) => ({
    causes: [
      "The server is still booting, or SSH no longer runs on it.",
      "A firewall near this computer answers.",
    ],
    remedy: `Wait a minute. ${thenRepeat(situation)} If this keeps happening, restart the server in Hetzner's Cloud Console.`,
  }),
  "ssh-broken": (situation) => ({
    causes: [
      "The server is overloaded, or is just starting or stopping.",
      "The connection of this computer is bad, or a filter in between breaks SSH.",
      "Logins from your address have failed a moment ago, yours or another person's: then the server refuses it for some minutes.",
    ],
    remedy: `Wait a minute. ${thenRepeat(situation)} If this keeps happening, look at the server in Hetzner's Cloud Console.`,
  }),
  "ssh-hangs": (situation) => ({
    causes: ["The server is overloaded.", "Somebody else controls the server."],
    remedy: `Look at the server in Hetzner's Cloud Console. If its bot must stop now, power it off there. ${thenRepeat(situation)}`,
  }),
  "ssh-unreachable": (situation) => ({
    causes: [
      "Your own address has changed, and adminCidrs doesn't contain the new one.",
      "The server is off, or still booting.",
    ],
    remedy: `Set who may connect by SSH and update: \`pulumi config set adminCidrs "$(curl -4s ifconfig.me)/32"\`, \`pulumi up\`. Check the server in Hetzner's Cloud Console. ${thenRepeat(situation)}`,
  }),
  "ssh-host-key": ({ ipAddress }) => ({
    causes: [
      `A machine other than the stack's server answers at ${ipAddress}.`,
      "`npm run rotate-ssh-keys` was interrupted.",
      "The server was rebuilt without Pulumi, and has a different host key.",
    ],
    remedy: `Nothing was sent. If you have begun to replace the SSH keys, finish that: \`npm run rotate-ssh-keys\`. If you don't know the reason, stop here. This creates a new server: ${replaceServer}.`,
  }),
  "ssh-denied": () => ({
    causes: [
      "`npm run rotate-ssh-keys` was interrupted.",
      "The server doesn't accept the stack's deploy key: its authorized_keys was changed.",
    ],
    remedy: `If you have begun to replace the SSH keys, finish that: \`npm run rotate-ssh-keys\`. Otherwise: a new server accepts it: ${replaceServer}. Or restore /home/admin/.ssh/authorized_keys in Hetzner's console.`,
  }),
  "ssh-forwarding": (situation) => ({
    causes: [
      "The server can't reach api.binance.com: its DNS or its outgoing connections are broken.",
      "Its sshd no longer allows forwarding (AllowTcpForwarding).",
    ],
    remedy: `Check from the server: \`npm run ssh -- curl -4sS https://api.binance.com/api/v3/ping\`. ${thenRepeat(situation)}`,
  }),
};

/** What to do about a broken tunnel. An unknown reason gets the general advice. */
export function diagnoseTunnel(
  { reason, detail }: { reason: string; detail: string },
  situation: Situation,
): Diagnosis {
  const diagnosis = Object.entries(diagnoses).find(([name]) => name === reason)?.[1];
  return (
    diagnosis?.(situation) ?? {
      causes: [`ssh ended: ${detail}`],
      remedy: `Check whether \`npm run ssh\` opens a shell. ${thenRepeat(situation)}`,
    }
  );
}
