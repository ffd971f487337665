import { createServer } from "node:net";
import { afterEach, expect, jest, test } from "@jest/globals";
import { untilReachable } from "../../../../scripts/lib/ssh/reachable.ts";

const server = createServer((socket) => socket.destroy());

afterEach(() => {
  server.close();
});

/** A port on which nobody listens yet. */
async function freePort(): Promise<number> {
  const port = await listen(0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listen(port: number): Promise<number> {
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

test("a server that answers is reached without a word", async () => {
  const onSlow = jest.fn();
  const port = await listen(0);
  expect(await untilReachable("127.0.0.1", { port, onSlow })).toBe("reached");
  expect(onSlow).not.toHaveBeenCalled();
});

test("a server that takes long is reported once, and reached when it answers", async () => {
  const port = await freePort();
  const onSlow = jest.fn(() => {
    void listen(port);
  });
  expect(await untilReachable("127.0.0.1", { port, onSlow, slowAfter: 0 })).toBe("reached");
  expect(onSlow).toHaveBeenCalledTimes(1);
});

test("a server that never answers is given up after the limit, with the reason", async () => {
  const port = await freePort();
  expect(await untilReachable("127.0.0.1", { port, limit: 1 })).toBe("refused");
  // No route leads to this block of addresses.
  expect(await untilReachable("255.255.255.255", { port, limit: 1 })).not.toBe("reached");
});
