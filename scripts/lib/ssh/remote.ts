import { describeFailure } from "../../../binance/failure.ts";
import { sentence } from "../../../binance/text.ts";
import { diagnose } from "../../../checklist/diagnosis/diagnosis.ts";
import type { TunnelFailure } from "../../../checklist/diagnosis/tunnel.ts";
import { UserError } from "../command/user-error.ts";
import { capture, type Output, stream, type Streams } from "../process/run.ts";
import { exitOnSignals, withAgent } from "./agent.ts";
import { quietOptions, sshArguments } from "./arguments.ts";
import { sshFailure } from "./failure.ts";
import { keysOf, type Server } from "./server.ts";

/** The exit code of ssh itself, if there was no connection. */
export const noConnection = 255;

/** The exit code of a root tool that has no such command: the server has an older version of it. */
export const unknownCommand = 2;

/** How much of what ssh prints is kept: its last lines say why there was no connection. */
const keptCharacters = 4000;

/** There was no connection to the server. */
export class NoConnection extends UserError {
  readonly failure: TunnelFailure;

  constructor(message: string, failure: TunnelFailure) {
    super(message);
    this.failure = failure;
  }

  /** The end of a sentence, such as "the server doesn't answer". */
  get reason(): string {
    return describeFailure(this.failure);
  }
}

/**
 * Runs a command on the server, over a new connection, and returns what it printed, without control characters.
 *
 * @param input goes to the command's standard input
 * @throws NoConnection
 */
export async function runRemotely(server: Server, command: string, input = ""): Promise<Output> {
  exitOnSignals();
  const output = await withAgent(keysOf(server), (agent) =>
    capture("ssh", sshArguments(server, agent, [command], quietOptions), { input }),
  );
  if (output.code === noConnection) {
    const failure = sshFailure(output.stderr);
    throw new NoConnection(explainNoConnection(server, failure), failure);
  }
  return output;
}

/** Why there was no connection, and what to do. */
function explainNoConnection({ host }: Server, failure: TunnelFailure): string {
  const { remedy } = diagnose(failure, { ipAddress: host, caller: "tunnel" });
  return `Can't connect to ${host}: ${sentence(describeFailure(failure))} ${remedy}`;
}

/**
 * Runs a command on the server whose output is seen as it is written.
 *
 * @param more options of ssh
 * @returns its exit code; 0 if nobody reads the output any more; 255 if there was no connection, which has been reported
 */
export async function streamRemotely(
  server: Server,
  command: string,
  streams: Omit<Streams, "onStderr"> = {},
  more: string[] = [],
): Promise<number> {
  exitOnSignals();
  let stderr = "";
  const onStderr = (chunk: Buffer): void => {
    stderr = (stderr + chunk.toString()).slice(-keptCharacters);
  };
  const code = await withAgent(keysOf(server), (agent) =>
    stream("ssh", sshArguments(server, agent, [command], [...quietOptions, ...more]), {
      ...streams,
      onStderr,
    }),
  );
  if (code === noConnection) {
    process.stderr.write(`${explainNoConnection(server, sshFailure(stderr))}\n`);
  }
  return code;
}

/**
 * Opens a shell on the server, which uses this terminal, or runs a command there.
 *
 * @param terminal whether the command gets a terminal, and with it this one, as a shell does
 * @returns the exit code, as `streamRemotely` does
 */
export function openShell(
  server: Server,
  command: string[],
  terminal = command.length === 0,
): Promise<number> {
  exitOnSignals(["SIGTERM", "SIGHUP"]);
  // Ctrl-C is for the remote side. This process goes on until that has ended.
  process.on("SIGINT", () => undefined);
  return withAgent(keysOf(server), (agent) =>
    stream("ssh", sshArguments(server, agent, command, terminal && command.length > 0 ? ["-tt"] : []), {
      input: "inherit",
      filter: terminal ? "nothing" : "terminal",
    }),
  );
}
