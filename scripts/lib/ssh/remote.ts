import { describeFailure } from "../../../binance/failure.ts";
import { sentence } from "../../../binance/text.ts";
import { diagnose } from "../../../checklist/diagnosis/diagnosis.ts";
import type { TunnelFailure } from "../../../checklist/diagnosis/tunnel.ts";
import { UserError } from "../command/user-error.ts";
import { capture, type Output, stream, type Streams } from "../process/run.ts";
import { exitOnSignals, withAgent } from "./agent.ts";
import { quietOptions, sshArguments } from "./arguments.ts";
import { keepEnd, sshFailure } from "./failure.ts";
import { retryIfBroken } from "./retry.ts";
import { keysOf, type Server } from "./server.ts";

/** The exit code of ssh itself, if there was no connection. */
export const noConnection = 255;

/** The exit code of a root tool that has no such command: the server has an older version of it. */
export const unknownCommand = 2;

/** How many bytes a command may print if its output is kept: more than any of ours prints, except the history. */
const usualLimit = 8 * 1024 * 1024;

/** How many bytes of a command's report are shown. Ours print a few lines. */
const reportLimit = 100_000;

/** After how many ms a command with a time limit is reported as slow. */
const slowAfter = 120_000;

/** There was no connection to the server, or it was ended because the command took too long. */
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

export interface Remote {
  /** Goes to the command's standard input. */
  input?: string;
  /** How many bytes it may print. A hostile server sends without end. */
  limit?: number;
  /** After how many minutes the connection is ended. A hostile server never answers. */
  minutes?: number;
}

/**
 * Runs a command on the server, over a new connection, and returns what it printed, without control characters.
 *
 * @throws NoConnection
 * @throws UserError if the server sends more than the limit
 */
export async function runRemotely(
  server: Server,
  command: string,
  { input = "", limit = usualLimit, minutes = 60 }: Remote = {},
): Promise<Output> {
  exitOnSignals();
  const signal = AbortSignal.timeout(minutes * 60_000);
  const output = await withAgent(keysOf(server), (agent) =>
    capture("ssh", sshArguments(server, agent, [command], quietOptions), { input, limit, signal }),
  );
  if (output.isTooLong) {
    throw new UserError(tooLongText(server, limit));
  }
  if (signal.aborted || output.code === noConnection) {
    const failure = signal.aborted ? timedOut(minutes) : sshFailure(output.stderr);
    throw new NoConnection(explainNoConnection(server, failure), failure);
  }
  return output;
}

/** The error for an ssh that has ended without a connection, from what it printed on standard error. */
export function noConnectionTo(server: Server, stderr: string): NoConnection {
  const failure = sshFailure(stderr);
  return new NoConnection(explainNoConnection(server, failure), failure);
}

function tooLongText({ host }: Server, limit: number): string {
  return `The server ${host} sent more than ${limit} bytes in reply to one command, so the connection was ended. A sound server doesn't do that: somebody else may control it. docs/after-a-compromise.md says what to do.`;
}

/** Why there was no connection, and what to do. */
function explainNoConnection({ host }: Server, failure: TunnelFailure): string {
  const { remedy } = diagnose(failure, { ipAddress: host, caller: "tunnel" });
  const problem =
    failure.reason === "ssh-hangs" ? `The connection to ${host} was ended` : `Can't connect to ${host}`;
  return `${problem}: ${sentence(describeFailure(failure))} ${remedy}`;
}

function timedOut(minutes: number): TunnelFailure {
  return {
    kind: "tunnel",
    reason: "ssh-hangs",
    detail: `the server didn't finish the command within ${minutes} minutes`,
  };
}

/**
 * Runs a command on the server whose output is seen as it is written.
 *
 * `mayRepeat`: a command that may run twice is tried again if the connection breaks.
 *
 * @param more options of ssh
 * @returns its exit code; 0 if nobody reads the output any more; 1 if a command with labels has printed too much; 255 if
 * there was no connection, or the command took too long. The last two have been reported
 */
export async function streamRemotely(
  server: Server,
  command: string,
  { mayRepeat = false, ...options }: RemoteStreams & { mayRepeat?: boolean } = {},
  more: string[] = [],
): Promise<number> {
  const attempt = (): Promise<Streamed> => streamOnce(server, command, options, more);
  const { code, failure } = mayRepeat
    ? await retryIfBroken(attempt, (streamed) => streamed.failure)
    : await attempt();
  if (failure !== undefined) {
    process.stderr.write(`${explainNoConnection(server, failure)}\n`);
  }
  return code;
}

type RemoteStreams = Omit<Streams, "onStderr" | "signal" | "limit"> & Pick<Remote, "minutes">;

/** How a command has ended whose output was seen. */
interface Streamed {
  code: number;
  /** Why there was no connection. */
  failure?: TunnelFailure;
}

async function streamOnce(
  server: Server,
  command: string,
  { minutes, ...streams }: RemoteStreams,
  more: string[],
): Promise<Streamed> {
  exitOnSignals();
  const signal = minutes === undefined ? undefined : AbortSignal.timeout(minutes * 60_000);
  let stderr = "";
  const report = { isTooLong: false };
  const onStderr = (chunk: Buffer): void => {
    stderr = keepEnd(stderr, chunk.toString());
  };
  const hint = minutes === undefined ? undefined : setTimeout(reportSlow, slowAfter, minutes).unref();
  const code = await withAgent(keysOf(server), (agent) =>
    stream("ssh", sshArguments(server, agent, [command], [...quietOptions, ...more]), {
      ...streams,
      signal,
      onStderr,
      ...(streams.labels && { limit: reportLimit }),
      onTooLong: () => {
        report.isTooLong = true;
      },
    }),
  );
  clearTimeout(hint);
  if (report.isTooLong) {
    process.stderr.write(`${tooLongText(server, reportLimit)}\n`);
    return { code: 1 };
  }
  if (minutes !== undefined && signal?.aborted === true) {
    return { code: noConnection, failure: timedOut(minutes) };
  }
  return code === noConnection ? { code, failure: sshFailure(stderr) } : { code };
}

function reportSlow(minutes: number): void {
  process.stderr.write(
    `Still waiting for the server. If its bot must stop now, power it off in Hetzner's Console (https://console.hetzner.cloud). This ends after ${minutes} minutes.\n`,
  );
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
