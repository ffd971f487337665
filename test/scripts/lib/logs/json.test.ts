import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { LogOutput } from "../../../../scripts/lib/logs/entries.ts";
import { asJson } from "../../../../scripts/lib/logs/json.ts";
import { unprintable } from "../../../support/terminal.ts";

function shown(...entries: string[]): Promise<string> {
  return text(Readable.from([Buffer.from(`${entries.join("\n")}\n`)]).pipe(new LogOutput(asJson)));
}

function entry(message: unknown): string {
  return JSON.stringify({
    __REALTIME_TIMESTAMP: "1795694399123000",
    _SYSTEMD_UNIT: "trading-bot.service",
    _PID: "77",
    MESSAGE: message,
  });
}

test("a script gets an object a line, with what the journal has seen", async () => {
  expect(await shown(entry("one\ntwo"), "No journal files were found.")).toBe(
    '{"time":"2026-11-26T11:59:59.123Z","unit":"trading-bot","pid":77,"message":"one\\ntwo"}\n' +
      '{"unit":"journalctl","message":"No journal files were found."}\n',
  );
});

test("a terminal obeys nothing of it, and a script reads the message as it was", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", minLength: 1 }), async (message) => {
      const line = await shown(entry(message));
      expect(line.trimEnd()).not.toMatch(unprintable);
      expect(JSON.parse(line)).toMatchObject({ message });
    }),
  );
});
