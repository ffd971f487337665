import type { Writable } from "node:stream";
import { capture, type Output, stream } from "../process/run.ts";
import type { Connection } from "../replacement/saving.ts";
import { quietOptions } from "../ssh/arguments.ts";
import { sshFailure } from "../ssh/failure.ts";
import { noConnection } from "../ssh/remote.ts";
import { adminUser } from "../ssh/server.ts";

// A server whose deploy key is lost, as its owner reaches it: with their own login key (the setting sshKeys), by their own
// ssh with its settings, keys and known hosts.

/** Nobody knows the server's host key any more. One that the owner's ssh knows must be the same. */
const options = [...quietOptions, "-o", "StrictHostKeyChecking=accept-new"];

/** @param host the server's address */
export function ownLogin(host: string): Connection {
  const args = (command: string) => [...options, `${adminUser}@${host}`, command];
  return {
    run: (command: string): Promise<Output> => capture("ssh", args(command)),
    stream: (command: string, output: Writable): Promise<number> => stream("ssh", args(command), { output }),
  };
}

/**
 * Why the owner's own key can't be used to save the bot's state; undefined if it can.
 *
 * @param host the server's address
 */
export async function whyNot(host: string): Promise<string | undefined> {
  const { code, stderr } = await ownLogin(host).run("sudo sh -c 'command -v bot-state'");
  if (code === 0) {
    return undefined;
  }
  if (code !== noConnection) {
    return "it has no tool that saves the bot's state";
  }
  const { reason, detail } = sshFailure(stderr);
  if (reason === "ssh-host-key") {
    return `your ssh knows another host key for this address, of an earlier system there. If this server was set up again since your last login, remove that one: ssh-keygen -R ${host}`;
  }
  return reason === "ssh-denied" ? "it refuses your ssh's keys" : detail;
}
