import { expect, test } from "@jest/globals";
import { replyTo, timeRequest } from "../../time/packet.ts";

const server = { reference: "192.0.2.1" };
/** 2026-01-01 00:00:00.25 UTC, which is 3976214400.25 seconds after 1900. */
const received = Date.UTC(2026, 0, 1, 0, 0, 0, 250);

test("a reply tells the time as NTP counts it, and repeats what the client sent", () => {
  const request = timeRequest(received - 100);
  const reply = replyTo(request, server, received, received + 500);
  expect(reply).toHaveLength(48);
  expect(reply?.subarray(24, 32)).toEqual(request.subarray(40, 48));
  expect([reply?.readUInt32BE(32), reply?.readUInt32BE(36)]).toEqual([3_976_214_400, 0.25 * 2 ** 32]);
  expect([reply?.readUInt32BE(40), reply?.readUInt32BE(44)]).toEqual([3_976_214_400, 0.75 * 2 ** 32]);
  // The reference time lies before both.
  expect(reply?.readUInt32BE(16)).toBe(3_976_214_399);
});

test("a reply says that it comes from a synchronized server at stratum 2", () => {
  const reply = replyTo(timeRequest(received), server, received, received);
  // No leap second, version 4, mode 4.
  expect(reply?.readUInt8(0)).toBe(0b00_100_100);
  expect(reply?.readUInt8(1)).toBe(2);
  expect(reply?.readInt8(3)).toBe(-10);
  // A thousandth of a second each, in 65536ths.
  expect([reply?.readUInt32BE(4), reply?.readUInt32BE(8)]).toEqual([66, 66]);
  expect([...(reply?.subarray(12, 16) ?? [])]).toEqual([192, 0, 2, 1]);
});

test("after 2036 the seconds begin anew", () => {
  const then = Date.UTC(2036, 1, 7, 6, 28, 17);
  expect(replyTo(timeRequest(then), server, then, then)?.readUInt32BE(40)).toBe(1);
});

test("a client of version 3 gets version 3 back", () => {
  const request = timeRequest(received);
  request.writeUInt8((3 << 3) | 3, 0);
  expect(replyTo(request, server, received, received)?.readUInt8(0)).toBe((3 << 3) | 4);
});

test.each([
  ["too short a packet", Buffer.alloc(47, 0x23)],
  ["a server's own reply, which two servers could send to and fro for ever", Buffer.alloc(48, 0x24)],
  ["a control message", Buffer.alloc(48, 0x26)],
  ["a version that nobody speaks", Buffer.alloc(48, 0x3b)],
])("%s is not answered", (_what, packet) => {
  expect(replyTo(packet, server, received, received)).toBeUndefined();
});
