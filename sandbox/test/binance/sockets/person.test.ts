import { expect, test } from "@jest/globals";
import { socketVerbs } from "../../../binance/person/sockets.ts";
import { logOn } from "../support/api-socket.ts";
import { type Emulator, startEmulator } from "../support/emulator.ts";
import { connect } from "../support/socket-client.ts";

/** Runs a verb. @returns what it prints */
async function person({ control }: Emulator, name: string, ...args: string[]): Promise<string> {
  const verb = socketVerbs.find((one) => one.name === name);
  return verb?.run(control, args) ?? `no verb ${name}`;
}

test("a person lists, cuts, silences and shuts down WebSockets", async () => {
  const emulator = await startEmulator();
  expect(await person(emulator, "sockets")).toBe("No WebSocket is open.\n");
  const streams = await connect(emulator, "/ws/btcusdt@trade");
  const api = await connect(emulator, "/ws-api/v3");
  const { apiKey } = await logOn(emulator, api);
  const host = emulator.url.replace("http://", "");
  const since = "from 127.0.0.1, open since 2026-11-23T12:00:00.000Z";
  expect(await person(emulator, "sockets")).toBe(
    `streams ${host}/ws/btcusdt@trade ${since}\n  btcusdt@trade\n` +
      `api ${host}/ws-api/v3 ${since}\n  logged on: ${apiKey}\n`,
  );
  const closed = streams.closed();
  expect(await person(emulator, "cut", "streams")).toBe("cut: 1 WebSocket.\n");
  expect(await closed).toBe("1006");
  expect(await person(emulator, "shut-down", "60")).toBe("shut-down: 1 WebSocket.\n");
  expect(await api.next()).toMatchObject({ event: { e: "serverShutdown" } });
  expect(await person(emulator, "silence", "api")).toBe("silence: 1 WebSocket.\n");
  expect(await person(emulator, "sockets")).toContain(", silent\n");
  expect(await person(emulator, "delay-events", "500")).toBe("The account's events are sent 500 ms late.\n");
  expect(await person(emulator, "lose-depth", "2")).toBe("Each depth stream loses its next 2 events.\n");
});

test("a person sees what is wrong with the arguments", async () => {
  const emulator = await startEmulator();
  await expect(person(emulator, "cut", "all")).rejects.toThrow(
    'a WebSocket is of the kind api or streams, not "all"',
  );
  await expect(person(emulator, "shut-down")).rejects.toThrow('"" isn\'t a whole number');
  await expect(person(emulator, "sockets", "all")).rejects.toThrow("nothing must follow the verb");
});
