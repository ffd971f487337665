import { describeFailure } from "../../../binance/failure.ts";
import { diagnose } from "../../../checklist/diagnosis/diagnosis.ts";
import { UserError } from "../command/user-error.ts";
import { capture, type Output, stream, type Streams } from "../process/run.ts";
import { exitOnSignals, withAgent } from "./agent.ts";
import { quietOptions, sshArguments } from "./arguments.ts";
import { sshFailure } from "./failure.ts";
import type { Server } from "./server.ts";

/** The exit code of ssh itself, if there was no connection. */
export const noConnection = 255;

/** How much of what ssh prints is kept: its last lines say why there was no connection. */
const keptCharacters = 4000;

/** There was no connection to the server. */
export class NoConnection extends UserError {
  /** The end of a sentence, such as "the server doesn't answer". */
  readonly reason: string;

  constructor(message: string, reason: string) {
    super(message);
    this.reason = reason;
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
  const output = await withAgent([server.deployKey], (agent) =>
    capture("ssh", sshArguments(server, agent, [command], quietOptions), { input }),
  );
  if (output.code === noConnection) {
    const reason = describeFailure(sshFailure(output.stderr));
    throw new NoConnection(explainNoConnection(server.host, output.stderr), reason);
  }
  return output;
}

/** Why there was no connection, and what to do. */
function explainNoConnection(host: string, stderr: string): string {
  const failure = sshFailure(stderr);
  const { remedy } = diagnose(failure, { ipAddress: host, caller: "tunnel" });
  return `Can't connect to ${host}: ${describeFailure(failure)}. ${remedy}`;
}

/**
 * Runs a command on the server whose output is seen as it is written.
 *
 * @returns its exit code; 0 if nobody reads the output any more; 255 if there was no connection, which has been reported
 */
export async function streamRemotely(
  server: Server,
  command: string,
  streams: Omit<Streams, "onStderr"> = {},
): Promise<number> {
  exitOnSignals();
  let stderr = "";
  const onStderr = (chunk: Buffer): void => {
    stderr = (stderr + chunk.toString()).slice(-keptCharacters);
  };
  const code = await withAgent([server.deployKey], (agent) =>
    stream("ssh", sshArguments(server, agent, [command], quietOptions), { ...streams, onStderr }),
  );
  if (code === noConnection) {
    process.stderr.write(`${explainNoConnection(server.host, stderr)}\n`);
  }
  return code;
}

/**
 * Opens a shell on the server, which uses this terminal, or runs a command there.
 *
 * @returns the exit code, as `streamRemotely` does
 */
export function openShell(server: Server, command: string[]): Promise<number> {
  exitOnSignals(["SIGTERM", "SIGHUP"]);
  // Ctrl-C is for the remote side. This process goes on until that has ended.
  process.on("SIGINT", () => undefined);
  return withAgent([server.deployKey], (agent) =>
    stream("ssh", sshArguments(server, agent, command), {
      input: "inherit",
      filter: command.length === 0 ? "nothing" : "terminal",
    }),
  );
}
