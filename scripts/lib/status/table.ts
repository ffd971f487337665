import { sizeText } from "../backup/size.ts";
import { forStack } from "../command/for-stack.ts";
import { ageText, spanText } from "../report/age.ts";
import type { Style } from "../report/style.ts";
import { wrap } from "../report/wrap.ts";
import { hasServer, type LookedAt } from "./all-stacks.ts";
import { type Notice, percent } from "./notices.ts";
import type { BotReply, GuardReply, ServerReply } from "./server-reply.ts";
import type { StackStatus } from "./stack-status.ts";

/** Where the text of a row starts. */
const indent = 10;

const signs = {
  problem: ["!", "red"],
  unknown: ["?", "yellow"],
  note: ["-", "cyan"],
} as const;

/** The status of a stack for people: first what needs them. */
export function statusTable({ name, stack, status, notices }: LookedAt, now: Date, style: Style): string {
  const rows = hasServer(status) ? rowsOf(status, now) : [];
  return [
    hasServer(status) ? `${name}: ${headline(status)}` : `${name}:`,
    "",
    ...notices.flatMap((notice) => noticeLines(notice, stack, style)),
    ...(notices.length > 0 && rows.length > 0 ? [""] : []),
    ...rows.flatMap(([title, text]) => row(title, text)),
    "",
  ].join("\n");
}

function headline({ fromServer, ipAddress }: StackStatus): string {
  return fromServer.ok ? `${botState(fromServer.value.status.bot)}, at ${ipAddress}` : ipAddress;
}

function noticeLines({ kind, text, command }: Notice, stack: string | undefined, style: Style): string[] {
  const [sign, colour] = signs[kind];
  const [first = "", ...rest] = wrap(forStack(text, stack), 2);
  return [
    `${style(colour, sign)} ${first.trimStart()}`,
    ...rest,
    ...(command === undefined ? [] : [`      ${forStack(command, stack)}`]),
  ];
}

function row(name: string, text: string): string[] {
  const [first = "", ...rest] = wrap(text, indent);
  return [name.padEnd(indent) + first.trimStart(), ...rest];
}

type Row = [name: string, text: string];

function rowsOf(status: StackStatus, now: Date): Row[] {
  const { fromServer } = status;
  const own: Row = ["server", serverText(status, now)];
  if (!fromServer.ok) {
    return [own, versionRow(status)];
  }
  const { status: server, caller } = fromServer.value;
  return [
    own,
    ["bot", botText(server.bot, now)],
    ["guard", guardText(server.guard, now)],
    ["key", keyText(server.key, now)],
    ["state", stateText(server.state, now)],
    ["backup", backupText(server.backup, now)],
    ["machine", machineText(server)],
    ["updates", updatesText(server.updates, now)],
    ...(caller === undefined ? [] : [["you", `connected from ${caller}`] satisfies Row]),
    versionRow(status),
  ];
}

function versionRow({ order, ownVersion }: StackStatus): Row {
  return ["version", order.version ?? `unknown; this folder has ${ownVersion}`];
}

function serverText({ order, ipAddress, atHetzner, fromServer }: StackStatus, now: Date): string {
  const found = atHetzner.ok ? atHetzner.value : undefined;
  const parts = [
    `${order.name ?? "unknown"} at ${ipAddress}`,
    found === undefined ? order.location : `${found.server_type.name} in ${found.location.name}`,
    found?.status,
    fromServer.ok && fromServer.value.status.startedAt !== null
      ? `booted ${ageText(fromServer.value.status.startedAt, now)}`
      : undefined,
    order.cost,
  ];
  return parts.filter((part) => part !== undefined && part !== "").join(", ");
}

/** For people, in a few words. */
function botState(bot: BotReply | null): string {
  if (bot === null) {
    return "bot: unknown";
  }
  if (!bot.isConfigured) {
    return "no bot";
  }
  const mode = bot.mode === "paper" ? "in paper mode" : "live";
  if (bot.isHeld) {
    return "bot held by the guard";
  }
  if (bot.state === "active") {
    return `bot running, ${mode}`;
  }
  if (bot.isStopped) {
    return "bot stopped by hand";
  }
  return bot.hasEnded ? "bot ended by itself" : `bot off (${bot.detail})`;
}

function botText(bot: BotReply | null, now: Date): string {
  if (!bot?.isConfigured) {
    return bot === null ? "unknown" : "not configured";
  }
  const parts = [
    botState(bot).replace(/^bot /, ""),
    bot.runsSince === null ? undefined : `for ${spanText(now.getTime() - bot.runsSince.getTime())}`,
    bot.release === null
      ? "no program"
      : `program ${bot.release}${bot.installedAt === null ? "" : `, installed ${ageText(bot.installedAt, now)}`}`,
    (bot.restarts ?? 0) === 0
      ? undefined
      : `${bot.restarts} restart${bot.restarts === 1 ? "" : "s"} after failures`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

function guardText(guard: GuardReply | null, now: Date): string {
  if (guard === null) {
    return "unknown";
  }
  if (!guard.isOn) {
    return "off";
  }
  const parts = [
    guard.checkedAt === null ? "has not checked yet" : `last check ${ageText(guard.checkedAt, now)}`,
    guard.passedAt === null ? undefined : `last passed ${ageText(guard.passedAt, now)}`,
    guard.reason ?? undefined,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

function keyText(key: ServerReply["key"], now: Date): string {
  if (key === null) {
    return "none";
  }
  const since =
    key.installedAt === null
      ? ""
      : `, on the server for ${spanText(now.getTime() - key.installedAt.getTime())}`;
  return `${key.fingerprint ?? "can't be decrypted"}${since}`;
}

function stateText(state: ServerReply["state"], now: Date): string {
  if (state === null) {
    return "unknown";
  }
  const size = state.bytes === null ? "size unknown" : sizeText(state.bytes);
  const copies =
    state.lastCopyAt === null
      ? "no copy on the server"
      : `${state.copies} cop${state.copies === 1 ? "y" : "ies"} on the server, the last one made ${ageText(state.lastCopyAt, now)}`;
  return `${size}, ${copies}`;
}

function backupText(backup: ServerReply["backup"], now: Date): string {
  if (backup === null) {
    return "unknown";
  }
  if (backup.setAt === null) {
    return "no storage off the server is set (docs/backup.md)";
  }
  return backup.lastBackupAt === null ? "none stored yet" : `stored ${ageText(backup.lastBackupAt, now)}`;
}

function machineText({ disk, memory }: ServerReply): string {
  return [
    disk === null ? "disk unknown" : `disk ${percent(disk.bytes - disk.free, disk.bytes)} full`,
    memory === null ? "memory unknown" : `${sizeText(memory.free)} of ${sizeText(memory.bytes)} memory free`,
  ].join(", ");
}

function updatesText(updates: ServerReply["updates"], now: Date): string {
  if (updates === null) {
    return "unknown";
  }
  const { installedAt, rebootPendingSince, runOldCode } = updates;
  const parts = [
    installedAt === null ? "none installed yet" : `looked for ${ageText(installedAt, now)}`,
    rebootPendingSince === null
      ? undefined
      : `a reboot has been pending for ${spanText(now.getTime() - rebootPendingSince.getTime())}`,
    runOldCode.length === 0 ? undefined : `run old code: ${runOldCode.join(", ")}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}
