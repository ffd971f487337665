import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import * as z from "zod";
import { EmulatorControl } from "../../emulator/control-client.ts";
import { type LoggedRequest, loggedRequest } from "../../emulator/control-protocol.ts";
import { controlServer } from "../../emulator/control-server.ts";
import { Faults } from "../../emulator/faults.ts";
import { RequestLog } from "../../emulator/request-log.ts";

const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) {
    await stop();
  }
});

/** A control API over a log that keeps three requests. */
async function smallLog() {
  const log = new RequestLog<LoggedRequest>(3);
  const fault = z.object({ times: z.number(), effect: z.string() });
  const server = controlServer({ log, faults: new Faults<string>(), fault });
  const folder = await mkdtemp(join(tmpdir(), "request-log-"));
  stops.push(
    () => server.close(),
    () => rm(folder, { recursive: true }),
  );
  const socket = join(folder, "control.sock");
  await server.listen({ path: socket });
  const send = (count: number) => {
    for (let number = 1; number <= count; number += 1) {
      log.add({ method: "GET", path: `/${number}`, status: null }).status = 200;
    }
    return Promise.resolve();
  };
  return { send, control: new EmulatorControl<LoggedRequest, never>(socket, loggedRequest) };
}

test.each([
  [2, 0, ["/1", "/2"]],
  [3, 0, ["/1", "/2", "/3"]],
  [4, 1, ["/2", "/3", "/4"]],
  [100, 97, ["/98", "/99", "/100"]],
])("after %i requests, %i are dropped and the newest are kept", async (count, dropped, paths) => {
  const { send, control } = await smallLog();
  await send(count);
  const shown = await control.requestLog();
  expect([shown.dropped, shown.requests.map(({ path }) => path)]).toEqual([dropped, paths]);
  expect(shown.requests.every(({ status }) => status === 200)).toBe(true);
  await control.clearRequests();
  expect(await control.requestLog()).toEqual({ dropped: 0, requests: [] });
});

test("what a test looks at is complete, or the test fails", async () => {
  const { send, control } = await smallLog();
  await send(2);
  const { requests } = await control.during(() => send(3));
  expect(requests).toHaveLength(3);
  await expect(control.during(() => send(5))).rejects.toThrow(
    "2 of 5 requests are no longer in the request log",
  );
});
