import { afterEach, beforeEach, expect, test } from "@jest/globals";
import * as z from "zod";
import { Monitor } from "../../../machines/virtual/monitor.ts";
import { until } from "../../../until.ts";
import { type FakeSocket, fakeSocket } from "./fake-socket.ts";

const request = z.object({ execute: z.string(), id: z.number() });
let qemu: FakeSocket;

beforeEach(async () => {
  qemu = await fakeSocket(
    (client) => client.write('{"QMP": {"version": {}, "capabilities": []}}\r\n'),
    (line, client) => {
      const { execute, id } = request.parse(JSON.parse(line));
      if (execute === "reset") {
        client.write('{"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}\r\n');
      }
      if (execute === "pull") {
        client.write('{"event": "DEVICE_DELETED", "data": {"device": "volume", "path": "/x"}}\r\n');
      }
      if (execute === "die") {
        client.destroy();
        return;
      }
      client.write(
        execute === "nonsense"
          ? `{"id": ${id}, "error": {"class": "CommandNotFound", "desc": "no such command"}}\r\n`
          : `{"id": ${id}, "return": {}}\r\n`,
      );
    },
  );
});

afterEach(() => qemu.end());

const connect = () => Monitor.connect(qemu.path, () => undefined);

test("a command that QEMU refuses is an error with its reason", async () => {
  const monitor = await connect();
  await monitor.execute("cont");
  await expect(monitor.execute("nonsense")).rejects.toThrow("QEMU refuses nonsense: no such command");
});

test("a reset and a removed device are noticed", async () => {
  const monitor = await connect();
  expect(monitor.hasSeenReset).toBe(false);
  await monitor.execute("reset");
  await monitor.execute("pull");
  await until(() => monitor.hasSeenReset && monitor.removals("volume") === 1);
  expect(monitor.removals("another")).toBe(0);
});

test("a QEMU that ends fails what it was asked, and whatever comes later", async () => {
  const monitor = await connect();
  await expect(monitor.execute("die")).rejects.toThrow("QEMU has ended");
  await expect(monitor.execute("cont")).rejects.toThrow("QEMU has ended");
});

test("a QEMU that never listens is given up when there is a reason", async () => {
  await expect(Monitor.connect(`${qemu.path}-of-nobody`, () => "it has ended")).rejects.toThrow(
    "it has ended",
  );
});
