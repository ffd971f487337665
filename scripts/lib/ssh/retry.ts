import { setTimeout } from "node:timers/promises";
import { describeFailure, type Failure } from "../../../binance/failure.ts";
import { sentence } from "../../../binance/text.ts";

/**
 * How long to wait before each further try, in ms. Together a minute: a server under load, or one whose sshd refuses an
 * address because others have failed to log in from it, answers again by then.
 */
const waits = [2000, 5000, 10_000, 15_000, 30_000];

/** Whether a connection to the server was opened, and broke: a new one may work. */
function isBroken(failure: Failure | undefined): boolean {
  return failure?.kind === "tunnel" && failure.reason === "ssh-broken";
}

/**
 * Tries something again over a new connection, as long as the connection breaks, and reports each try.
 *
 * @param attempt may be repeated without harm
 * @param failureOf why there is no result
 */
export async function retryIfBroken<T>(
  attempt: () => Promise<T>,
  failureOf: (result: T) => Failure | undefined,
  pauses = waits,
): Promise<T> {
  let result = await attempt();
  for (const pause of pauses) {
    const failure = failureOf(result);
    if (failure === undefined || !isBroken(failure)) {
      break;
    }
    process.stderr.write(
      `${sentence(`No connection to the server: ${describeFailure(failure)}`)} Trying again in ${pause / 1000} seconds.\n`,
    );
    await setTimeout(pause);
    result = await attempt();
  }
  return result;
}
