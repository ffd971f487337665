import * as z from "zod";
import type { ClientKey } from "../../../binance/client.ts";
import { BinanceError } from "../../../binance/failure.ts";
import { parseJson } from "../../../binance/json.ts";
import { type ConfiguredKeyPair, isMade, type MadeKeyPair } from "../../../binance/key-pair.ts";
import type { RemoteKey } from "../../../binance/signing.ts";
import { oneLine, printable } from "../../../binance/text.ts";
import type { TunnelFailure } from "../../../checklist/diagnosis/tunnel.ts";
import { UserError } from "../command/user-error.ts";
import { startPiped } from "../process/run.ts";
import { exitOnSignals, startAgent } from "./agent.ts";
import { quietOptions, sshArguments } from "./arguments.ts";
import { keepEnd } from "./failure.ts";
import { noConnection, noConnectionTo, unknownCommand } from "./remote.ts";
import { keysOf, type Server } from "./server.ts";

/** The server has no key at all, because another server was replaced by it. */
export class NoKeyOnServer extends UserError {}

/** How long the server may take for its first line, and for each signature, in ms. */
const timeLimit = 30_000;

/** All that the server may send, in characters. A hostile server sends without end. */
const longestOutput = 64 * 1024;

const answer = z.union([
  z.object({ signature: z.string().regex(/^[A-Za-z0-9+/]{86}==$/) }),
  z.object({ refused: z.string() }),
]);

/**
 * Lets `use` call Binance with a pair of the settings. If its private key is on the server, the server signs: over one
 * further connection, which is closed afterwards.
 *
 * @throws NoKeyOnServer
 * @throws UserError if the server has another key, or can't be reached
 */
export async function withKey<T>(
  server: Server,
  keyPair: ConfiguredKeyPair,
  use: (key: ClientKey) => Promise<T>,
): Promise<T> {
  if (!isMade(keyPair)) {
    return use(keyPair);
  }
  const { key, close } = await openSigning(server, keyPair);
  try {
    return await use(key);
  } finally {
    close();
  }
}

async function openSigning(
  server: Server,
  { apiKey, publicKey }: MadeKeyPair,
): Promise<{ key: RemoteKey; close: () => void }> {
  exitOnSignals();
  const agent = await startAgent(keysOf(server));
  const command = `sudo binance-credential sign ${publicKey}`;
  const session = new Session(sshArguments(server, agent.socket, [command], quietOptions));
  const close = (): void => {
    session.close().catch(() => undefined);
    agent.close();
  };
  try {
    await requireReady(session, server);
  } catch (error) {
    close();
    throw error;
  }
  return {
    key: { apiKey, sign: (query, { method, path }) => sign(session, { method, path, query }) },
    close,
  };
}

/** @throws NoKeyOnServer if the server has no key; UserError if it can't sign for another reason */
async function requireReady(session: Session, server: Server): Promise<void> {
  const line = await session.next();
  if (line === "ready") {
    return;
  }
  if (line === "none") {
    throw new NoKeyOnServer(
      "This server has no key. It doesn't have the private key of binance:publicKey: a key that was made on a server ends with it. Make a new one: npm run make-key",
    );
  }
  const { code, stderr } = await session.close();
  if (code === noConnection) {
    throw noConnectionTo(server, stderr);
  }
  throw new UserError(
    code === unknownCommand
      ? "The server's tools are of an older version, which can't sign. Run `pulumi up` of this version without binance:publicKey first."
      : `The server can't sign requests with the key of binance:publicKey. It reported:\n${stderr.trim()}\nSet binance:publicKey to the right one, or make a new key: npm run make-key`,
  );
}

async function sign(session: Session, request: object): Promise<string> {
  const { data } = answer.safeParse(parseJson((await session.exchange(JSON.stringify(request))) ?? ""));
  if (data !== undefined && "signature" in data) {
    return data.signature;
  }
  throw new BinanceError(
    data === undefined
      ? broken("the connection to the server, which signs the requests, was closed")
      : broken(`the server did not sign the request: ${oneLine(data.refused)}`),
  );
}

/** Not sent, so it belongs to the way to Binance. */
function broken(detail: string): TunnelFailure {
  return { kind: "tunnel", reason: "ssh", detail };
}

/** An ssh to which one line is written for each line that it answers. */
class Session {
  readonly #child;
  readonly #ended;
  #stderr = "";
  #received = "";
  #length = 0;
  #isOver = false;
  #turn: Promise<unknown> = Promise.resolve();
  #onChange: () => void = () => undefined;

  constructor(args: string[]) {
    const { child, ended } = startPiped("ssh", args);
    this.#child = child;
    this.#ended = ended;
    // An ssh that can't be started sends no line, so `close` reports it.
    ended.catch(() => undefined);
    child.stdin.on("error", () => undefined);
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.#stderr = keepEnd(this.#stderr, chunk);
    });
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      this.#received += chunk;
      this.#length += chunk.length;
      if (this.#length > longestOutput) {
        this.#end();
      }
      this.#onChange();
    });
    child.stdout.once("close", () => {
      this.#isOver = true;
      this.#onChange();
    });
  }

  /** Writes a line when all earlier ones are answered: both vantage points use it at the same time. @returns as `next` */
  exchange(line: string): Promise<string | undefined> {
    const answered = this.#turn.then(() => {
      this.#child.stdin.write(`${line}\n`);
      return this.next();
    });
    this.#turn = answered;
    return answered;
  }

  /** @returns undefined if it has ended, sends too much or takes too long */
  async next(): Promise<string | undefined> {
    const timer = setTimeout(() => {
      this.#end();
    }, timeLimit);
    while (!this.#isOver && !this.#received.includes("\n")) {
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
    clearTimeout(timer);
    const [line, ...rest] = this.#received.split("\n");
    this.#received = rest.join("\n");
    return rest.length === 0 ? undefined : line;
  }

  /**
   * @returns its exit code, and the end of what it printed on standard error
   * @throws StartError
   */
  async close(): Promise<{ code: number; stderr: string }> {
    this.#child.stdin.end();
    const timer = setTimeout(() => {
      this.#end();
    }, timeLimit);
    const code = await this.#ended;
    clearTimeout(timer);
    return { code, stderr: printable(this.#stderr) };
  }

  /** Whatever it has started may still write. */
  #end(): void {
    this.#child.kill();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }
}
