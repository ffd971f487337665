import { isInRanges } from "../../../checklist/ssh-range.ts";
import { spanText } from "../report/age.ts";
import type { BotReply, GuardReply, ServerReply } from "./server-reply.ts";
import type { StackStatus, UnreadableStack } from "./stack-status.ts";

/** Something that the stack's owner should know. A problem needs a person. */
export interface Notice {
  kind: "problem" | "unknown" | "note";
  text: string;
  /** What to run. */
  command?: string;
}

const minute = 60_000;
const day = 24 * 60 * minute;
/** The guard looks every five minutes. */
const guardIsLate = 15 * minute;
/** Security updates are looked for every day, up to half a day late: root_tools/watch_updates.py has the same. */
const updatesAreOverdue = 3 * day;
const rebootIsOverdue = 3 * day;
/** One is stored each night: root_tools/watch_backups.py has the same. */
const backupIsOverdue = 2 * day;
const fullDisk = 0.85;
const fewestFreeMemory = 0.05;

/** What needs a person comes first. */
export function noticesOf(status: StackStatus, now: Date): Notice[] {
  const found = [...hetznerNotices(status), ...serverNotices(status, now), ...versionNotices(status)];
  return sorted(found);
}

export function noticeOf({ reason }: UnreadableStack): Notice {
  return { kind: "problem", text: reason };
}

/** One key pair in two stacks: each bot would trade as if it were the only one. By stack. */
export function sharedKeyNotices(all: StackStatus[]): Map<string, Notice> {
  const notices = new Map<string, Notice>();
  for (const { stack, fingerprint } of all.map(withFingerprint)) {
    const others = all
      .map(withFingerprint)
      .filter(
        (other) => fingerprint !== undefined && other.stack !== stack && other.fingerprint === fingerprint,
      );
    if (others.length > 0) {
      const names = others.map((other) => other.stack).join(", ");
      const text = `The key pair ${fingerprint ?? ""} is also live on the server of ${names}. Create a key for each bot.`;
      notices.set(stack, { kind: "problem", text });
    }
  }
  return notices;
}

function withFingerprint({ stack, fromServer }: StackStatus) {
  return {
    stack,
    fingerprint: fromServer.ok ? (fromServer.value.status.key?.fingerprint ?? undefined) : undefined,
  };
}

const ranks = { problem: 0, unknown: 1, note: 2 };

export function sorted(notices: Notice[]): Notice[] {
  return notices.toSorted((one, other) => ranks[one.kind] - ranks[other.kind]);
}

function hetznerNotices({ atHetzner, order }: StackStatus): Notice[] {
  const name = order.name ?? "of this stack";
  if (!atHetzner.ok) {
    return [{ kind: "unknown", text: `Hetzner could not be asked about the server. ${atHetzner.reason}` }];
  }
  if (atHetzner.value === undefined) {
    const text = `Hetzner has no server ${name} any more. To see what is left of the stack there, and what to do:`;
    return [{ kind: "problem", text, command: "npm run recover" }];
  }
  const { status } = atHetzner.value;
  if (status === "off") {
    const text = `The server ${name} is switched off at Hetzner. It costs the same. Switch it on in Hetzner's Console (https://console.hetzner.cloud): the bot starts as after a reboot.`;
    return [{ kind: "problem", text }];
  }
  return status === "running"
    ? []
    : [{ kind: "note", text: `Hetzner says that the server ${name} is ${status}.` }];
}

function serverNotices({ fromServer, settings }: StackStatus, now: Date): Notice[] {
  if (!fromServer.ok) {
    return [{ kind: "problem", text: fromServer.reason }];
  }
  const { status, caller } = fromServer.value;
  const wholeNotices = [
    ...botNotices(status.bot),
    ...guardNotices(status.guard, status.bot?.usesKey === true && status.key !== null, now),
    ...backupNotices(status.backup, now),
    ...machineNotices(status, now),
  ];
  if (!settings.ok) {
    return [...wholeNotices, { kind: "unknown", text: settings.reason }];
  }
  const { adminCidrs, renewAfterMonths } = settings.value;
  return [
    ...wholeNotices,
    ...callerNotices(caller, adminCidrs),
    ...renewalNotices(status.key?.installedAt ?? null, renewAfterMonths, now),
  ];
}

function botNotices(bot: BotReply | null): Notice[] {
  if (bot === null) {
    return [{ kind: "unknown", text: "The server doesn't say what the bot does." }];
  }
  if (!bot.isConfigured) {
    return [{ kind: "note", text: "No bot is configured yet: docs/bot-settings.md says how." }];
  }
  if (bot.isHeld) {
    const text = "The guard holds the bot because of what Binance allows the key to do. To see why:";
    return [{ kind: "problem", text, command: "npm run verify" }];
  }
  if (bot.isStopped) {
    return [{ kind: "note", text: "The bot was stopped by hand. To start it:", command: "npm run start" }];
  }
  if (bot.state === "active") {
    return [];
  }
  if (bot.waitsForClock) {
    const text = "The bot waits until the server's clock is right. To see the time servers:";
    return [{ kind: "problem", text, command: "npm run ssh -- chronyc sources" }];
  }
  if (bot.hasEnded) {
    const text = "The bot has ended by itself, which bot.mayEnd allows. To start it again:";
    return [{ kind: "note", text, command: "npm run start" }];
  }
  if (bot.reason !== null) {
    return [{ kind: "problem", text: `The bot is off: ${bot.reason}` }];
  }
  if (bot.state === "activating" && bot.result === "success") {
    return [{ kind: "note", text: "The bot is being started." }];
  }
  const ended = bot.exitStatus === null ? bot.result : `${bot.result}, exit status ${bot.exitStatus}`;
  const text =
    bot.state === "inactive" && bot.result === "success"
      ? "The bot is off, although nobody stopped it by `npm run stop`. To start it:"
      : `The bot doesn't run: it ended with ${ended}. To see what it printed:`;
  return [{ kind: "problem", text, command: text.endsWith("start it:") ? "npm run start" : "npm run logs" }];
}

/** @param hasKey whether there is a key that the guard checks */
function guardNotices(guard: GuardReply | null, hasKey: boolean, now: Date): Notice[] {
  if (guard === null) {
    return [{ kind: "unknown", text: "The server doesn't say what the guard knows." }];
  }
  if (!guard.isOn) {
    const text = "The guard is off, so nobody notices if the key may suddenly do more. To install it again:";
    return [{ kind: "problem", text, command: "pulumi up" }];
  }
  if (!hasKey) {
    return [];
  }
  const sinceCheck = guard.checkedAt === null ? undefined : now.getTime() - guard.checkedAt.getTime();
  if (sinceCheck === undefined || sinceCheck > guardIsLate) {
    const since = sinceCheck === undefined ? "yet" : `for ${spanText(sinceCheck)}`;
    const text = `The guard has not checked the key ${since}. To see why:`;
    return [{ kind: "problem", text, command: "npm run ssh -- sudo systemctl status trading-bot-guard" }];
  }
  const sinceKnown = guard.knewAt === null ? undefined : now.getTime() - guard.knewAt.getTime();
  if (sinceKnown === undefined || sinceKnown > (guard.blindMinutes ?? 30) * minute) {
    const since =
      sinceKnown === undefined ? "has not known yet" : `has not known for ${spanText(sinceKnown)}`;
    const reason = guard.reason === null ? "." : `: ${guard.reason}.`;
    return [
      {
        kind: "problem",
        text: `The guard ${since} what the key may do${reason} To check it from here:`,
        command: "npm run verify",
      },
    ];
  }
  return [];
}

function backupNotices(backup: ServerReply["backup"], now: Date): Notice[] {
  const { setAt = null, lastBackupAt = null, problem = null } = backup ?? {};
  const last = setAt === null ? null : (lastBackupAt ?? setAt);
  if (last === null || !isLongerAgo(last, backupIsOverdue, now)) {
    return [];
  }
  const reason = problem === null ? "" : ` The last try failed: ${problem}.`;
  const text = `No backup was stored off the server for ${spanText(now.getTime() - last.getTime())}.${reason} To store one now:`;
  return [{ kind: "problem", text, command: "npm run backup" }];
}

function machineNotices({ disk, memory, updates }: ServerReply, now: Date): Notice[] {
  const notices: Notice[] = [];
  for (const name of disk?.readOnly ?? []) {
    notices.push({
      kind: "problem",
      text: `The server's ${name} is read-only, so neither the bot nor this program can store anything there. Linux does that after an error of the ${name}. A reboot checks it, and may repair it: npm run ssh -- sudo systemctl reboot. If it happens again: ${name === "disk" ? "npm run replace" : "npm run backup, and then Hetzner's support"}. To see the error:`,
      command: "npm run ssh -- sudo dmesg --level=err,warn",
    });
  }
  if (disk !== null && disk.free < disk.bytes * (1 - fullDisk)) {
    notices.push({
      kind: "problem",
      text: `The server's disk is ${percent(disk.bytes - disk.free, disk.bytes)} full. To see what takes the space:`,
      command: "npm run ssh -- sudo du -xh --max-depth=3 / | sort -h",
    });
  }
  if (memory !== null && memory.free < memory.bytes * fewestFreeMemory) {
    notices.push({
      kind: "problem",
      text: `The server has ${percent(memory.free, memory.bytes)} of its memory free. A larger type is set by \`pulumi config set serverType\`, and \`pulumi up\` changes it. To see what takes it:`,
      command: "npm run ssh -- systemd-cgtop --iterations=1 --order=memory",
    });
  }
  if (isLongerAgo(updates?.rebootPendingSince ?? null, rebootIsOverdue, now)) {
    notices.push({
      kind: "problem",
      text: "An update has been waiting for a reboot for more than three days. To reboot now, which ends the bot for about a minute:",
      command: "npm run ssh -- sudo systemctl reboot",
    });
  }
  if (isLongerAgo(updates?.installedAt ?? null, updatesAreOverdue, now)) {
    notices.push({
      kind: "problem",
      text: "No security updates could be installed for more than three days. To see why:",
      command: "npm run ssh -- sudo systemctl status apt-daily apt-daily-upgrade",
    });
  }
  return notices;
}

function isLongerAgo(then: Date | null, span: number, now: Date): boolean {
  return then !== null && now.getTime() - then.getTime() > span;
}

/** "31 %". */
export function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)} %`;
}

function callerNotices(caller: string | undefined, adminCidrs: string[]): Notice[] {
  if (caller === undefined || isInRanges(caller, adminCidrs)) {
    return [];
  }
  return [
    {
      kind: "problem",
      text: `You come from ${caller}, which isn't in adminCidrs: the next \`pulumi up\` locks you out. To keep what is there and add it:`,
      command: `pulumi config set adminCidrs ${[...adminCidrs, `${caller}/32`].join(",")}`,
    },
  ];
}

/** From the day of its installation: Binance knows when it was created, and `npm run verify` says that. */
function renewalNotices(installedAt: Date | null, months: number, now: Date): Notice[] {
  if (installedAt === null) {
    return [];
  }
  const due = new Date(installedAt);
  due.setUTCMonth(due.getUTCMonth() + months);
  return now < due
    ? []
    : [
        {
          kind: "note",
          text: `The key has been on the server for more than ${months} months (renewAfterMonths). To see when its renewal is due:`,
          command: "npm run verify",
        },
      ];
}

function versionNotices({ order, ownVersion }: StackStatus): Notice[] {
  if (order.version === ownVersion) {
    return [];
  }
  const there = order.version ?? "older than 0.7.0";
  const text = `The server was set up by version ${there} of trading-bot-server, and this folder has ${ownVersion}. CHANGELOG.md says what changes. To update the server:`;
  return [{ kind: "note", text, command: "pulumi up" }];
}
