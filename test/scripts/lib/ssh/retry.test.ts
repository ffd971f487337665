import { expect, jest, test } from "@jest/globals";
import type { Failure } from "../../../../binance/failure.ts";
import { retryIfBroken } from "../../../../scripts/lib/ssh/retry.ts";

const tunnel = (reason: string): Failure => ({ kind: "tunnel", reason, detail: "it broke" });

/** Runs attempts with these failures, and returns how many there were, and what was reported. */
async function attempts(failures: (Failure | undefined)[], pauses: number[]) {
  const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    let count = 0;
    const result = await retryIfBroken(
      () => Promise.resolve(failures[count++]),
      (failure) => failure,
      pauses,
    );
    return { count, result, reported: write.mock.calls.length };
  } finally {
    write.mockRestore();
  }
}

test("a connection that broke is tried again, until it works or no try is left", async () => {
  const broken = tunnel("ssh-broken");
  expect(await attempts([broken, broken, undefined, broken], [0, 0, 0])).toEqual({
    count: 3,
    result: undefined,
    reported: 2,
  });
  expect(await attempts([broken, broken, broken], [0, 0])).toEqual({ count: 3, result: broken, reported: 2 });
});

test.each<Failure>([
  tunnel("ssh-unreachable"),
  tunnel("ssh-denied"),
  tunnel("ssh-host-key"),
  tunnel("ssh-hangs"),
  { kind: "unreachable", reason: "closed", detail: "the connection was closed" },
])("a failure that a new connection doesn't change is not tried again: %j", async (failure) => {
  expect(await attempts([failure], [0])).toEqual({ count: 1, result: failure, reported: 0 });
});
