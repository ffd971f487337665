import { basename } from "node:path";
import { type DeliveredFile, deliveredFile } from "./commands/delivered-file.ts";
import { unitFolder } from "./commands/server-paths.ts";
import type { Profile } from "./settings/bot/schema.ts";

const folderOfBot = `${unitFolder}/trading-bot.service.d`;
const commonSandbox = `${unitFolder}/trading-.service.d/00-sandbox.conf`;
/** What the bot has in common with its owner's commands. */
const likeBot = `${folderOfBot}/10-bot.conf`;
/** For units that run code which isn't trusted, or read files of strangers. */
const foreignCode = `${folderOfBot}/40-foreign-code.conf`;

const proxySandbox = `${unitFolder}/trading-bot-guard-proxy.service.d/50-sandbox.conf`;
const likeGuard = `${unitFolder}/trading-bot-guard.service.d/10-guard.conf`;

/** The units that need exceptions from the common sandbox, besides the bot's. */
const withExceptions = [
  "trading-bot-build.service",
  "trading-bot-clock.service",
  "trading-bot-fetch.service",
  "trading-bot-guard-proxy.service",
  "trading-bot-names.service",
  "trading-bot-prepare@.service",
  "trading-bot-proxy.service",
  "trading-bot-unpack@.service",
];

/** Those of them that are restarted for a change. The bot requires the clock's unit, so that one isn't. */
const longRunning = [
  "trading-bot-guard-proxy.service",
  "trading-bot-names.service",
  "trading-bot-proxy.service",
];

/** The units that install the bot's program, in the order in which they run. */
export const installerUnits = [
  "trading-bot-unpack@.service",
  "trading-bot-fetch.service",
  "trading-bot-build.service",
  "trading-bot-prepare@.service",
];

/** Reads the bot's state, as the bot's user. */
export const copyUnit = "trading-bot-copy@.service";

/** The units that run the guard's programs, as the guard's user. */
export const guardUnits = [
  "trading-bot-guard.service",
  "trading-bot-left-open.service",
  "trading-bot-report.service",
  "trading-bot-watch.service",
  "trading-bot-overdue.service",
  "trading-bot-heartbeat.service",
  "trading-bot-alert.service",
  "trading-bot-ended.service",
  "trading-bot-refused.service",
  "trading-bot-clock-late.service",
  "trading-bot-outdated.service",
  "trading-bot-updated.service",
];

/** systemd reads these folders for each unit whose name begins so: `npm run bot`, and with secrets also one of the others. */
const folderOfCommands = `${unitFolder}/trading-bot-command-.service.d`;
const folderWithSecrets = `${unitFolder}/trading-bot-command-secrets-.service.d`;
const folderWithKey = `${unitFolder}/trading-bot-command-key-.service.d`;

const reload = "systemctl daemon-reload";

/** The units of backups off the server, which are there only with the setting backup:repository. */
export const backupProxy = "trading-bot-backup-proxy.service";
export const backupReport = "trading-bot-backup-overdue.service";

/** Their drop-ins, before the units themselves. */
export function sandboxOfBackups(): DeliveredFile[] {
  return [
    dropIn(proxySandbox, `${unitFolder}/${backupProxy}.d`, [reload]),
    dropIn(likeGuard, `${unitFolder}/${backupReport}.d`, [reload]),
  ];
}

/**
 * The sandbox of all our units, and the drop-ins of each unit except the bot's. They are one delivery, before the units
 * themselves, so that no unit ever runs without its sandbox, without its exceptions, or as root instead of the guard's
 * user.
 */
export function unitSandbox(): DeliveredFile[] {
  return [
    deliveredFile(commonSandbox, { activate: [reload, ...longRunning.map(restart)] }),
    deliveredFile(`${unitFolder}/bot.slice`, { activate: [reload] }),
    ...withExceptions.map((unit) =>
      deliveredFile(`${unitFolder}/${unit}.d/50-sandbox.conf`, { activate: [reload, restart(unit)] }),
    ),
    ...sharedDropIns(foreignCode, [...installerUnits, copyUnit]),
    ...sharedDropIns(likeGuard, guardUnits),
    ...sharedDropIns(`${unitFolder}/trading-bot-unpack@.service.d/10-installer.conf`, installerUnits),
  ];
}

/**
 * The bot's sandbox, with its own copy of the common one, which takes the place of the other because it has the same
 * name. They belong to the bot's delivery: if the bot doesn't run in a changed sandbox, the previous one is restored.
 */
export function sandboxOfBot(activate: string[]): DeliveredFile[] {
  return [commonSandbox, likeBot, foreignCode, `${folderOfBot}/50-sandbox.conf`].map((source) =>
    dropIn(source, folderOfBot, activate),
  );
}

/** How the commands of the bot's owner run: in the bot's sandbox, with its profile. Their units have no files. */
export function sandboxOfCommands({
  profile,
  executableTmp,
  withSecrets,
  withDemoKey,
}: {
  profile: Profile;
  executableTmp: boolean;
  withSecrets: boolean;
  withDemoKey: boolean;
}): DeliveredFile[] {
  const optional = (name: string, folder: string, wanted: boolean): DeliveredFile => {
    const file = dropIn(`${folderOfBot}/${name}.conf`, folder, [reload]);
    return wanted ? file : { ...file, content: null };
  };
  return [
    ...[likeBot, foreignCode, `${folderOfBot}/50-sandbox.conf`].map((source) =>
      dropIn(source, folderOfCommands, [reload]),
    ),
    optional("jit", folderOfCommands, profile === "jit"),
    optional("executable-tmp", folderOfCommands, executableTmp),
    deliveredFile(`${folderOfCommands}/20-command.conf`, { activate: [reload] }),
    deliveredFile(`${folderWithSecrets}/30-secrets.conf`, { activate: [reload] }),
    optional("zz-secrets", folderWithSecrets, withSecrets),
    optional("zz-demo-key", folderWithSecrets, withDemoKey),
    deliveredFile(`${folderWithKey}/30-key.conf`, { activate: [reload] }),
    optional("zz-secrets", folderWithKey, withSecrets),
  ];
}

/** systemd's unit files can't include another file, so a drop-in is installed for each of these. */
function sharedDropIns(source: string, units: string[]): DeliveredFile[] {
  return units.map((unit) => dropIn(source, `${unitFolder}/${unit}.d`, [reload]));
}

/** A drop-in of server/rootfs/, for the unit whose folder this is. */
function dropIn(source: string, folder: string, activate: string[]): DeliveredFile {
  return { ...deliveredFile(source, { activate }), path: `${folder}/${basename(source)}` };
}

/** Nothing is there yet on a new server. A unit that runs only for a moment has its sandbox when it runs again. */
function restart(unit: string): string {
  return longRunning.includes(unit) ? `systemctl try-restart ${unit} || ! systemctl cat ${unit}` : reload;
}
