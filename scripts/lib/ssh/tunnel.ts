import { Duplex } from "node:stream";
import type { TunnelFailure } from "../../../checklist/diagnosis/tunnel.ts";
import { startPiped } from "../process/run.ts";
import { keepEnd, sshFailure } from "./failure.ts";

/** A connection that the server makes and ssh carries. */
export interface Tunnel {
  socket: Duplex;
  /** Why ssh failed; undefined if it runs or has done its work. It waits a moment for an ssh that is about to end. */
  explain: () => Promise<TunnelFailure | undefined>;
  close: () => void;
}

/** How long `explain` waits for ssh to end, in ms. */
const explainTimeout = 1000;

/**
 * Starts ssh. It may still fail to connect: then the socket ends, and `explain` says why.
 *
 * @param args as `tunnelArguments` returns them
 */
export function openTunnel(args: string[]): Tunnel {
  const { child, ended } = startPiped("ssh", args);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr = keepEnd(stderr, chunk);
  });
  const failure = ended.then(
    // 0: the carried connection ended at its other end, and ssh worked.
    (code): TunnelFailure | undefined => (code === 0 ? undefined : sshFailure(stderr)),
    (): TunnelFailure => ({ kind: "tunnel", reason: "no-ssh", detail: "ssh can't be started" }),
  );
  const socket = Duplex.from({ writable: child.stdin, readable: child.stdout });
  // The TLS connection inside sees a broken pipe. Only ssh knows the reason.
  socket.on("error", () => undefined);
  return {
    socket,
    explain: () => {
      const timeout = new Promise<undefined>((resolve) => {
        setTimeout(resolve, explainTimeout, undefined).unref();
      });
      return Promise.race([failure, timeout]);
    },
    close: () => {
      socket.destroy();
      child.kill();
    },
  };
}
