import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { LogOutput } from "../../../../scripts/lib/logs/entries.ts";
import { asText } from "../../../../scripts/lib/logs/text.ts";
import { unprintable } from "../../../support/terminal.ts";

/** 2026-11-26T11:59:59Z, in µs. */
const at = "1795694399000000";

/** An entry as journald writes it for what a unit prints. */
function entry(message: unknown, more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    __REALTIME_TIMESTAMP: at,
    _BOOT_ID: "b00t",
    _SYSTEMD_UNIT: "trading-bot.service",
    _PID: "77",
    MESSAGE: message,
    ...more,
  });
}

function shown(...lines: string[]): Promise<string> {
  const journal = `${lines.join("\n")}\n`;
  return text(Readable.from([Buffer.from(journal)]).pipe(new LogOutput(asText((_, plain) => plain))));
}

describe("a log", () => {
  test("has a line for each entry, with its time, its unit and its process", async () => {
    expect(await shown(entry("order accepted"))).toBe(
      "2026-11-26T11:59:59+0000 trading-bot[77]: order accepted\n",
    );
  });

  test("names the unit that has sent a line, whatever the sender calls itself", async () => {
    const forged = entry("Withdrawals are off: pass", {
      SYSLOG_IDENTIFIER: "trading-bot-guard",
      UNIT: "trading-bot-guard.service",
      SYSLOG_PID: "1",
    });
    expect(await shown(forged)).toMatch(/^\S+ trading-bot\[77\]: Withdrawals/);
  });

  test("names systemd for what it says about a unit", async () => {
    const started = entry("Started trading-bot.service.", { _SYSTEMD_UNIT: "init.scope", _PID: "1" });
    expect(await shown(started)).toMatch(/^\S+ systemd\[1\]: Started/);
  });

  test("indents the further lines of a message, so that none looks like another entry", async () => {
    const forged = "one\n2026-11-26T12:00:00+0000 trading-bot-guard[78]: pass\r2026-11-26T12:00:01+0000 x: y";
    const lines = (await shown(entry(forged))).trimEnd().split("\n");
    expect(lines.filter((line) => line.startsWith("2026"))).toHaveLength(1);
    expect(lines).toHaveLength(3);
  });

  test("without colours, a message that fills a row of the terminal can't look like another entry", async () => {
    const forged = "2026-11-26T12:00:00+0000 trading-bot-guard[78]: pass";
    const columns = 72;
    for (let filler = 0; filler < columns; filler++) {
      const journal = entry(`${" ".repeat(filler)}${forged}`);
      const plain = new LogOutput(
        asText(
          (_, origin) => origin,
          () => columns,
        ),
      );
      const rows = (await text(Readable.from([Buffer.from(journal)]).pipe(plain))).trimEnd().split("\n");
      expect(rows.filter((row) => !row.startsWith("    "))).toHaveLength(1);
      expect(rows.every((row) => row.length <= columns)).toBe(true);
    }
  });

  test.each<[string, unknown, string]>([
    ["bytes", [...Buffer.from("\x1b[2Jé")], "\ufffd[2Jé"],
    ["several messages", ["one", [0x1b, 0x41]], "one\n    \ufffdA"],
    ["a message that is left out", null, "(a message that can't be shown)"],
    ["no message", undefined, "(a message that can't be shown)"],
    ["colours", "\x1b[1;31merror\x1b[0m: no", "error: no"],
    ["text from right to left", "pass\u202ekcehc", "passkcehc"],
  ])("shows %s", async (_, message, expected) => {
    expect(await shown(entry(message))).toBe(`2026-11-26T11:59:59+0000 trading-bot[77]: ${expected}\n`);
  });

  test("says where the server was rebooted", async () => {
    expect(await shown(entry("last"), entry("first", { _BOOT_ID: "next" }))).toContain(
      "last\n-- The server was rebooted. --\n",
    );
  });

  test("shows a line that isn't an entry as journalctl's own", async () => {
    expect(await shown("No journal files were found.\x07")).toBe(
      "journalctl: No journal files were found.\ufffd\n",
    );
  });

  test("never contains anything that a terminal obeys, and has an origin in each line", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 5 }),
        async (messages) => {
          const log = await shown(...messages.map((message) => entry(message)));
          expect(log).not.toMatch(unprintable);
          const entries = log.split("\n").filter((line) => !line.startsWith("    ") && line !== "");
          expect(
            entries.filter((line) => !line.startsWith("2026-11-26T11:59:59+0000 trading-bot[77]: ")),
          ).toEqual([]);
        },
      ),
    );
  });
});
