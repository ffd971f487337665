import { UserError } from "../command/user-error.ts";
import { runRemotely } from "../ssh/remote.ts";
import type { Server } from "../ssh/server.ts";
import { releaseLink } from "./release.ts";

/** What an installation must know about the server. */
export interface ServerState {
  /** As `uname --machine` prints it: "x86_64". */
  machine: string;
  /** The current release, if its installation is complete. */
  current: string | undefined;
}

export async function readServerState(server: Server): Promise<ServerState> {
  const command = "uname --machine; readlink /opt/trading-bot/proven || true";
  const { code, stdout, stderr } = await runRemotely(server, command);
  const [machine = "", link = ""] = stdout.split("\n");
  if (code !== 0 || machine === "") {
    throw new UserError(`The server's processor type can't be read. The server reported:\n${stderr.trim()}`);
  }
  return { machine, current: releaseLink.exec(link)?.[1] };
}

/** The SHA-256 of files that the server has, and that an upload needn't contain. An older server names none. */
export async function readReusableFiles(server: Server): Promise<ReadonlySet<string>> {
  const { code, stdout } = await runRemotely(server, "sudo trading-bot-program files");
  return new Set(code === 0 ? stdout.match(/^[0-9a-f]{64}$/gm) : []);
}
