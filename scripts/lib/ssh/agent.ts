import { sign } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { detailOf, UserError } from "../command/user-error.ts";
import { folderPrefix, socketName, sweep } from "./abandoned.ts";
import { parsePrivateKey, type SigningKey } from "./key.ts";
import { sshString, uint32, WireReader } from "./wire.ts";

// An SSH agent inside of this process, so that the deploy key is in no file: ssh takes a key from a file or from an
// agent. It ends with this process, however that ends; what SIGKILL leaves is a socket that nobody answers.

/** Message types (draft-ietf-sshm-ssh-agent). */
const message = {
  failure: 5,
  requestIdentities: 11,
  identitiesAnswer: 12,
  signRequest: 13,
  signResponse: 14,
};

/** Longer than any request of ssh. */
const longestRequest = 64 * 1024;

export interface Agent {
  /** The path of its socket, in a folder that no other user can enter. */
  socket: string;
  /** Ends it. It may be called twice. */
  close: () => void;
}

/**
 * Starts an agent for one connection: it ends when it has signed once.
 *
 * @param privateKeys in OpenSSH's format; ssh offers them in this order
 * @param parent the folder for temporary files
 * @throws UserError if a key is damaged, or the socket can't be made
 */
export async function startAgent(privateKeys: string[], parent = tmpdir()): Promise<Agent> {
  const keys = privateKeys.map(parsePrivateKey);
  await sweep();
  const folder = makeFolder(parent);
  const socket = join(folder, socketName);
  const server = createServer((client) => {
    answer(client, keys, close);
  });
  function close(): void {
    server.close();
    rmSync(folder, { recursive: true, force: true });
    process.removeListener("exit", close);
  }
  process.on("exit", close);
  try {
    await once(server.listen(socket), "listening");
  } catch (error) {
    close();
    throw cannotStart(error, parent);
  }
  // The agent alone keeps no process running.
  server.unref();
  return { socket, close };
}

/** Runs an agent for as long as `use` runs. */
export async function withAgent<T>(privateKeys: string[], use: (socket: string) => Promise<T>): Promise<T> {
  const agent = await startAgent(privateKeys);
  try {
    return await use(agent.socket);
  } finally {
    agent.close();
  }
}

/** Ends the process on these signals by `process.exit`, so that agents are ended and temporary folders removed. */
export function exitOnSignals(signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"]): void {
  for (const signal of signals) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}

function makeFolder(parent: string): string {
  try {
    return mkdtempSync(join(parent, folderPrefix));
  } catch (error) {
    throw cannotStart(error, parent);
  }
}

function cannotStart(error: unknown, parent: string): UserError {
  return new UserError(
    `The socket for ssh can't be made in ${parent}: ${detailOf(error)}. Set TMPDIR to a folder of yours with a short path, and run this again.`,
  );
}

/** Answers requests one after the other. A client that sends something else is disconnected. */
function answer(client: Socket, keys: SigningKey[], onSigned: () => void): void {
  let received = Buffer.alloc(0);
  client.on("error", () => undefined);
  client.on("data", (chunk) => {
    received = Buffer.concat([received, Buffer.from(chunk)]);
    while (received.length >= 4) {
      const length = received.readUInt32BE();
      if (length === 0 || length > longestRequest) {
        client.destroy();
        return;
      }
      if (received.length < 4 + length) {
        return;
      }
      const reply = replyTo(received.subarray(4, 4 + length), keys);
      received = received.subarray(4 + length);
      client.write(sshString(reply));
      if (reply[0] === message.signResponse) {
        onSigned();
      }
    }
  });
}

/** What an agent with these keys replies to a request, without the length in front. */
export function replyTo(request: Buffer, keys: SigningKey[]): Buffer {
  const refusal = Buffer.from([message.failure]);
  const [type = 0] = request;
  const body = new WireReader(request.subarray(1));
  switch (type) {
    case message.requestIdentities: {
      const identities = keys.flatMap(({ publicKey }) => [sshString(publicKey), sshString("")]);
      return Buffer.concat([Buffer.from([message.identitiesAnswer]), uint32(keys.length), ...identities]);
    }
    case message.signRequest: {
      const wanted = tryString(body);
      const data = tryString(body);
      const key = keys.find(({ publicKey }) => wanted !== undefined && publicKey.equals(wanted));
      if (key === undefined || data === undefined) {
        return refusal;
      }
      const signature = Buffer.concat([
        sshString("ssh-ed25519"),
        sshString(sign(null, data, key.privateKey)),
      ]);
      return Buffer.concat([Buffer.from([message.signResponse]), sshString(signature)]);
    }
    default:
      // Such as the extensions, which ssh does without.
      return refusal;
  }
}

function tryString(body: WireReader): Buffer | undefined {
  try {
    return body.string();
  } catch {
    return undefined;
  }
}
