import { connect } from "node:net";

/** In ms. An agent on another computer (`ssh -A`) needs some. */
const usualLimit = 5_000;

/** In SSH's agent protocol, the request for the list of keys: the message's length, and its type. */
const listKeys = Buffer.from([0, 0, 0, 1, 11]);

/**
 * What is wrong with an SSH agent, as the end of a sentence: one that no longer runs, such as after a logout, or that never
 * answers. Its socket stays in its folder if it was killed, so only a connection shows whether somebody listens.
 *
 * @param socket the value of SSH_AUTH_SOCK
 * @param limit for its answer, in ms
 * @returns undefined if it answers, or if there is none
 */
export function agentProblem(socket: string | undefined, limit = usualLimit): Promise<string | undefined> {
  if (socket === undefined || socket === "") {
    return Promise.resolve(undefined);
  }
  return new Promise((resolve) => {
    const connection = connect(socket);
    const settle = (problem: string | undefined) => () => {
      connection.destroy();
      resolve(problem);
    };
    let failure = "no SSH agent listens there";
    connection
      .setTimeout(limit, settle("the SSH agent there doesn't answer"))
      .once("connect", () => {
        failure = "the SSH agent there ends every connection";
        connection.write(listKeys);
      })
      // Any answer: an agent that is locked refuses.
      .once("data", settle(undefined))
      .once("error", () => undefined)
      .once("close", () => {
        settle(failure)();
      });
  });
}

/** What to do about such an agent. */
export const agentRemedy =
  "The connection to the server would fail. This program needs no agent, so remove the variable:";
