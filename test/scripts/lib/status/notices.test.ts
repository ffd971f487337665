import { describe, expect, test } from "@jest/globals";
import { type Notice, noticesOf, sharedKeyNotices } from "../../../../scripts/lib/status/notices.ts";
import { serverReply } from "../../../../scripts/lib/status/server-reply.ts";
import type { StackStatus } from "../../../../scripts/lib/status/stack-status.ts";
import { serverStatus } from "./server-status.ts";

const now = new Date("2026-11-27T12:00:00Z");
const ago = (minutes: number) => (now.getTime() - minutes * 60_000) / 1000;
const days = (count: number) => count * 24 * 60;

const sound = {
  ...serverStatus,
  guard: { ...serverStatus.guard, checkedAt: ago(3), knewAt: ago(3) },
  key: { fingerprint: "0123456789ab", installedAt: ago(days(30)) },
};

function status(server: object, more: Partial<StackStatus> = {}): StackStatus {
  return {
    stack: "prod",
    ipAddress: "203.0.113.10",
    order: { name: "trading-bot-prod", location: "fsn1", cost: "6.49 € a month", version: "0.7.0" },
    ownVersion: "0.7.0",
    settings: { ok: true, value: { adminCidrs: ["198.51.100.0/24"], renewAfterMonths: 6 } },
    atHetzner: {
      ok: true,
      value: {
        id: 1,
        name: "trading-bot-prod",
        status: "running",
        server_type: { name: "cx23", architecture: "x86" },
        location: { name: "fsn1" },
        primary_disk_size: 40,
        public_net: {},
      },
    },
    fromServer: {
      ok: true,
      value: { status: serverReply.parse({ ...sound, ...server }), caller: "198.51.100.7" },
    },
    ...more,
  };
}

const bot = (changes: object) => status({ bot: { ...sound.bot, ...changes } });
const guard = (changes: object) => status({ guard: { ...sound.guard, ...changes } });
const off = { state: "inactive", detail: "dead", runsSince: null };

test("a healthy stack needs nobody", () => {
  expect(noticesOf(status({}), now)).toEqual([]);
  const backup = { setAt: ago(days(30)), lastBackupAt: ago(days(1)), problem: null };
  expect(noticesOf(status({ backup }), now)).toEqual([]);
});

describe("says what needs a person, with the command", () => {
  test.each<[string, StackStatus, Notice["kind"], RegExp, string | undefined]>([
    [
      "a bot that the guard holds",
      bot({ ...off, isHeld: true }),
      "problem",
      /guard holds the bot/,
      "npm run verify",
    ],
    ["a stopped bot", bot({ ...off, isStopped: true }), "note", /stopped by hand/, "npm run start"],
    [
      "a bot that has failed",
      bot({ ...off, state: "failed", result: "exit-code", exitStatus: 3 }),
      "problem",
      /ended with exit-code, exit status 3/,
      "npm run logs",
    ],
    [
      "a bot that fails again and again",
      bot({ ...off, state: "activating", detail: "auto-restart", result: "exit-code", exitStatus: 1 }),
      "problem",
      /ended with exit-code, exit status 1/,
      "npm run logs",
    ],
    ["a bot that is off for no reason", bot(off), "problem", /nobody stopped it/, "npm run start"],
    [
      "a bot that must not start",
      bot({ ...off, reason: "there is no key yet" }),
      "problem",
      /no key yet/,
      undefined,
    ],
    [
      "a bot that waits for the clock",
      bot({ ...off, state: "activating", waitsForClock: true }),
      "problem",
      /clock is right/,
      "npm run ssh -- chronyc sources",
    ],
    ["a bot that has ended", bot({ ...off, hasEnded: true }), "note", /ended by itself/, "npm run start"],
    ["no bot", bot({ ...off, isConfigured: false }), "note", /No bot is configured/, undefined],
    ["a guard that is off", guard({ isOn: false }), "problem", /guard is off/, "pulumi up"],
    [
      "a guard that hasn't looked",
      guard({ checkedAt: ago(16) }),
      "problem",
      /has not checked the key for 16 minutes/,
      "npm run ssh -- sudo systemctl status trading-bot-guard",
    ],
    [
      "a blind guard",
      guard({ knewAt: ago(31), reason: "Binance doesn't answer" }),
      "problem",
      /has not known for 31 minutes what the key may do: Binance doesn't answer\./,
      "npm run verify",
    ],
    [
      "backups that fail",
      status({ backup: { setAt: ago(days(30)), lastBackupAt: ago(days(3)), problem: "no space left" } }),
      "problem",
      /^No backup was stored off the server for 3 days\. The last try failed: no space left\. To store one now:$/,
      "npm run backup",
    ],
    [
      "a storage that has never got a backup",
      status({ backup: { setAt: ago(days(2) + 1), lastBackupAt: null, problem: null } }),
      "problem",
      /^No backup was stored off the server for 2 days\. To store one now:$/,
      "npm run backup",
    ],
    [
      "a full disk",
      status({ disk: { bytes: 100, free: 14, readOnly: [] } }),
      "problem",
      /86 % full/,
      "npm run ssh -- sudo du -xh --max-depth=3 / | sort -h",
    ],
    [
      "a disk that Linux has made read-only",
      status({ disk: { bytes: 100, free: 50, readOnly: ["disk"] } }),
      "problem",
      /The server's disk is read-only, .* If it happens again: npm run replace\. To see the error:$/,
      "npm run ssh -- sudo dmesg --level=err,warn",
    ],
    [
      "a volume that Linux has made read-only",
      status({ disk: { bytes: 100, free: 50, readOnly: ["volume"] } }),
      "problem",
      /The server's volume is read-only, .* Hetzner's support\. To see the error:$/,
      "npm run ssh -- sudo dmesg --level=err,warn",
    ],
    [
      "little memory",
      status({ memory: { bytes: 100, free: 4 } }),
      "problem",
      /4 % of its memory/,
      "npm run ssh -- systemd-cgtop --iterations=1 --order=memory",
    ],
    [
      "a reboot that waits",
      status({ updates: { ...sound.updates, rebootPendingSince: ago(days(3) + 1) } }),
      "problem",
      /waiting for a reboot/,
      "npm run ssh -- sudo systemctl reboot",
    ],
    [
      "updates that fail",
      status({ updates: { ...sound.updates, installedAt: ago(days(3) + 1) } }),
      "problem",
      /No security updates/,
      "npm run ssh -- sudo systemctl status apt-daily apt-daily-upgrade",
    ],
    [
      "an old key",
      status({ key: { fingerprint: "0123456789ab", installedAt: ago(days(190)) } }),
      "note",
      /more than 6 months/,
      "npm run verify",
    ],
    [
      "an address that the next `pulumi up` locks out",
      status({}, { settings: { ok: true, value: { adminCidrs: ["192.0.2.0/24"], renewAfterMonths: 6 } } }),
      "problem",
      /You come from 198\.51\.100\.7/,
      "pulumi config set adminCidrs 192.0.2.0/24,198.51.100.7/32",
    ],
    [
      "a server that is gone",
      status({}, { atHetzner: { ok: true, value: undefined } }),
      "problem",
      /has no server trading-bot-prod any more/,
      "npm run recover",
    ],
    [
      "a Hetzner that doesn't answer",
      status({}, { atHetzner: { ok: false, reason: "No answer." } }),
      "unknown",
      /could not be asked about the server\. No answer\./,
      undefined,
    ],
    [
      "an older version on the server",
      status({}, { ownVersion: "0.8.0" }),
      "note",
      /version 0\.7\.0 .* this folder has 0\.8\.0/,
      "pulumi up",
    ],
    [
      "what the server doesn't know",
      status({ bot: null }),
      "unknown",
      /doesn't say what the bot does/,
      undefined,
    ],
  ])("%s", (_, one, kind, text, command) => {
    expect(noticesOf(one, now)).toEqual([
      { kind, text: expect.stringMatching(text), ...(command !== undefined && { command }) },
    ]);
  });

  test("problems come first", () => {
    const both = status({
      bot: { ...sound.bot, ...off, isStopped: true },
      disk: { bytes: 100, free: 1, readOnly: [] },
    });
    expect(noticesOf(both, now).map(({ kind }) => kind)).toEqual(["problem", "note"]);
  });

  test("a guard of a bot without a key has nothing to check", () => {
    expect(
      noticesOf(status({ key: null, guard: { ...sound.guard, checkedAt: null, knewAt: null } }), now),
    ).toEqual([]);
  });
});

test("one key in two stacks is a problem of both", () => {
  const other = status({}, { stack: "other" });
  const third = status({ key: { fingerprint: "ffffffffffff", installedAt: null } }, { stack: "third" });
  const shared = sharedKeyNotices([status({}), other, third]);
  expect([...shared.keys()]).toEqual(["prod", "other"]);
  expect(shared.get("prod")?.text).toContain("also live on the server of other");
});
