import { readPublicKey } from "../../../binance/public-key.ts";
import { UserError } from "../command/user-error.ts";
import { runRemotely, unknownCommand } from "../ssh/remote.ts";
import type { Server } from "../ssh/server.ts";

/** The public half of a key that was made on the server. */
export interface MadeKey {
  /** As in the setting binance:publicKey. */
  publicKey: string;
  /** The address to whitelist. */
  ipAddress: string;
  /** Whether it was made just now. */
  isNew: boolean;
}

/** @returns the public key of a key that was made and isn't in use yet; undefined if there is none */
export async function waitingKey(server: Server): Promise<string | undefined> {
  const printed = await run(server, "public-key");
  return printed === "none" ? undefined : checked(printed);
}

/** Makes a key, unless there is one that isn't in use yet. @returns its public key */
export async function makeKey(server: Server): Promise<string> {
  return checked(await run(server, "make"));
}

/** Makes a key in place of one that isn't in use yet. @returns its public key */
export async function makeAnotherKey(server: Server): Promise<string> {
  return checked(await run(server, "make-another"));
}

async function run(server: Server, command: string): Promise<string> {
  const { code, stdout, stderr } = await runRemotely(server, `sudo binance-credential ${command}`);
  if (code === 0) {
    return stdout.trim();
  }
  // 127: the first `pulumi up` failed before it had installed the tool.
  if (code === unknownCommand || code === 127) {
    throw new UserError("The server can't make a key yet. Run `pulumi up`, and then this again.");
  }
  throw new UserError(`The server could not make a key. It reported:\n${stderr.trim()}`);
}

/** The server may be hostile, and what it printed goes to a terminal and to Binance. */
function checked(printed: string): string {
  const reading = readPublicKey(printed);
  if (reading.ok && reading.publicKey === printed) {
    return printed;
  }
  throw new UserError(
    "The server printed something other than a public key. A sound server doesn't do that: docs/after-a-compromise.md says what to do.",
  );
}
