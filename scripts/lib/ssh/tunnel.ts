import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import type { Trouble } from "../../../binance/errors.ts";
import { sshTrouble } from "./failure.ts";

/** A connection to somewhere that the server makes and ssh carries. */
export interface Tunnel {
  socket: Duplex;
  /** Why ssh has ended, where it has (it is given a moment to say so); undefined while it runs. */
  explain: () => Promise<Trouble | undefined>;
  close: () => void;
}

/** How long a dying ssh may take to say why, in ms. */
const lastWords = 1000;

/**
 * Starts ssh. It may still fail to connect: then the socket ends, and `explain` says why.
 *
 * @param sshArguments as of `tunnelArguments`
 */
export function openTunnel(sshArguments: string[]): Tunnel {
  const child = spawn("ssh", sshArguments, { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    said = (said + chunk).slice(-4000);
  });
  const ended = new Promise<Trouble>((resolve) => {
    child.once("error", () => {
      resolve({ kind: "unreachable", reason: "no-ssh", detail: "ssh can't be run" });
    });
    child.once("close", () => {
      resolve(sshTrouble(said));
    });
  });
  const socket = Duplex.from({ writable: child.stdin, readable: child.stdout });
  // A broken pipe shows in what is carried; the reason is ssh's to tell.
  socket.on("error", () => undefined);
  return {
    socket,
    explain: () => {
      const patience = new Promise<undefined>((resolve) => {
        setTimeout(resolve, lastWords, undefined).unref();
      });
      return Promise.race([ended, patience]);
    },
    close: () => {
      socket.destroy();
      child.kill();
    },
  };
}
