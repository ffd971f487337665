import { expect, test } from "@jest/globals";
import { connectionFailure } from "../../components/unreachable-hook.ts";

const failed = "1 error occurred:\n\t* after 10 failed attempts:";

test.each([
  [`${failed} dial tcp 203.0.113.10:22: connect: network is unreachable`, "ssh-unreachable"],
  [`${failed} dial tcp 203.0.113.10:22: i/o timeout`, "ssh-unreachable"],
  [`${failed} dial tcp 203.0.113.10:22: connect: connection refused`, "ssh-unreachable"],
  [`${failed} ssh: handshake failed: EOF`, "ssh-unreachable"],
  [
    `${failed} ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey]`,
    "ssh-denied",
  ],
  [`${failed} ssh: handshake failed: ssh: host key mismatch`, "ssh-host-key"],
  ["exit status 2: Can't connect to 203.0.113.10: the server doesn't answer. Set who may", "ssh-unreachable"],
  ["exit status 2: Can't connect to 203.0.113.10: the server refuses the deploy key. If", undefined],
  ["Process exited with status 1: the bot did not run with the new pair", undefined],
  ["", undefined],
])("what a failed step says about the connection: %s", (error, expected) => {
  expect(connectionFailure(error)).toBe(expected);
});
