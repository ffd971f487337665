import { createSocket } from "node:dgram";
import { type CommandLine, run } from "../command.ts";
import { within } from "../network/at.ts";
import type { RunFolders } from "../run-folders.ts";

/**
 * Hetzner's time servers: one chronyd that answers at every address of its namespace. It has the host's clock, which is
 * the machines' clock too, and never sets it (-x). The program comes from the machines' image, because installing
 * chrony on the host would replace the host's own time service.
 */
export function timeServerCommand({ image }: RunFolders): CommandLine {
  const script = 'mount -t tmpfs tmpfs "$0/run" && exec chroot "$0" /usr/sbin/chronyd "$@"';
  const options = ["-d", "-x", "-u", "root"];
  const directives = ["local stratum 2", "allow", "cmdport 0", "pidfile /run/chronyd.pid"];
  return ["unshare", "--mount", "sh", "-c", script, image, ...options, ...directives];
}

const silence = "silent_time_servers";

/** From now on no time server answers. */
export async function silenceTimeServers(): Promise<void> {
  const hook = "type filter hook input priority filter;";
  await nft(`table inet ${silence} { chain requests { ${hook} udp dport 123 drop; }; };`);
}

/** The time servers answer again. */
export async function letTimeServersAnswer(): Promise<void> {
  // Deleting a table that doesn't exist is an error, so it is made first.
  await nft(`table inet ${silence}; delete table inet ${silence};`);
}

async function nft(rules: string): Promise<void> {
  await run(within("services", ["nft", rules]));
}

/** How long an answer may take on the private internet, in milliseconds, before it counts as lost. */
const answerTimeout = 500;

/** Whether a time server answers. */
export function answersWithTheTime(address: string): Promise<boolean> {
  const socket = createSocket("udp4");
  return new Promise<boolean>((resolve) => {
    const answer = (value: boolean) => () => {
      resolve(value);
    };
    socket.once("message", answer(true)).once("error", answer(false));
    setTimeout(answer(false), answerTimeout).unref();
    socket.send(clientRequest(), 123, address);
  }).finally(() => socket.close());
}

/** A request of NTP version 4: 48 bytes, of which all but the first may be empty. */
function clientRequest(): Buffer {
  const request = Buffer.alloc(48);
  request.writeUInt8((4 << 3) | 3, 0);
  return request;
}
