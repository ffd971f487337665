import { createHash } from "node:crypto";
import { type DeliveredFile, deliveredFile } from "./commands/delivered-file.ts";
import { unitFolder } from "./commands/server-paths.ts";

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

/** The units that run code which isn't trusted, or read files of strangers. */
const foreignCodeUnits = ["trading-bot.service", ...installerUnits];

/** The units that run the guard's programs, as the guard's user. */
export const guardUnits = [
  "trading-bot-guard.service",
  "trading-bot-left-open.service",
  "trading-bot-report.service",
  "trading-bot-watch.service",
  "trading-bot-heartbeat.service",
  "trading-bot-alert.service",
  "trading-bot-ended.service",
  "trading-bot-refused.service",
  "trading-bot-clock-late.service",
];

const reload = "systemctl daemon-reload";

/**
 * The sandbox of all our units, and each unit's drop-ins. They are one delivery, before the units themselves, so that
 * no unit ever runs without its sandbox, without its exceptions, or as root instead of the guard's user.
 */
export function unitSandbox(): DeliveredFile[] {
  return [
    ...commonSandbox(),
    ...sandboxOfBot(),
    deliveredFile(`${unitFolder}/bot.slice`, { activate: [reload] }),
    ...withExceptions.map((unit) =>
      deliveredFile(`${unitFolder}/${unit}.d/50-sandbox.conf`, { activate: [reload, restart(unit)] }),
    ),
    ...sharedDropIns("trading-bot-guard.service", "10-guard", guardUnits),
    ...sharedDropIns("trading-bot-unpack@.service", "10-installer", installerUnits),
  ];
}

/**
 * Changes if the bot's sandbox does. The bot's own delivery has it as a file, and so an update that changes both the
 * sandbox and the bot's unit restarts the bot once.
 */
export function sandboxVersion(): string {
  const hash = createHash("sha256");
  for (const { path, content } of [...commonSandbox(), ...sandboxOfBot()]) {
    hash.update(`${path}\n${content}\n`);
  }
  return `${hash.digest("hex")}\n`;
}

function commonSandbox(): DeliveredFile[] {
  const activate = [reload, ...longRunning.map(restart)];
  return [deliveredFile(`${unitFolder}/trading-.service.d/00-sandbox.conf`, { activate })];
}

/** The bot isn't restarted for it here, but with its own files. */
function sandboxOfBot(): DeliveredFile[] {
  return [
    ...sharedDropIns("trading-bot.service", "40-foreign-code", foreignCodeUnits),
    deliveredFile(`${unitFolder}/trading-bot.service.d/50-sandbox.conf`, { activate: [reload] }),
  ];
}

/** systemd's unit files can't include another file, so the drop-in of one unit is installed for each of these. */
function sharedDropIns(source: string, name: string, units: string[]): DeliveredFile[] {
  const shared = deliveredFile(`${unitFolder}/${source}.d/${name}.conf`, { activate: [reload] });
  return units.map((unit) => ({ ...shared, path: `${unitFolder}/${unit}.d/${name}.conf` }));
}

/** Nothing is there yet on a new server. A unit that runs only for a moment has its sandbox when it runs again. */
function restart(unit: string): string {
  return longRunning.includes(unit) ? `systemctl try-restart ${unit} || ! systemctl cat ${unit}` : reload;
}
