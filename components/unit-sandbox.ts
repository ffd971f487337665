import { type DeliveredFile, deliveredFile } from "./commands/delivered-file.ts";
import { botControl, unitFolder } from "./commands/server-paths.ts";

/** The units that need exceptions from the common sandbox. */
const withExceptions = [
  "trading-bot.service",
  "trading-bot-clock.service",
  "trading-bot-prepare@.service",
  "trading-bot-resolver.service",
  "trading-bot-unpack@.service",
];

/** The units that run code which isn't trusted. */
const foreignCodeUnits = [
  "trading-bot.service",
  "trading-bot-prepare@.service",
  "trading-bot-unpack@.service",
];

/** The units that run the guard's program. */
const guardUnits = ["trading-bot-guard.service", "trading-bot-alert.service", "trading-bot-ended.service"];

/** Only what runs is restarted: nothing is there yet on a new server, and server-files can be older than bot-control. */
const activate = [
  "systemctl daemon-reload",
  "systemctl try-restart trading-bot-resolver || ! systemctl cat trading-bot-resolver",
  `! [ -x ${botControl} ] || ${botControl} apply`,
];

/**
 * The sandbox of all our units, and each unit's drop-ins. They are one delivery, before the units themselves, so that
 * no unit ever runs without its sandbox, without its exceptions, or as root instead of the guard's user.
 */
export function unitSandbox(): DeliveredFile[] {
  return [
    deliveredFile(`${unitFolder}/trading-.service.d/00-sandbox.conf`, { activate }),
    deliveredFile(`${unitFolder}/bot.slice`, { activate: ["systemctl daemon-reload"] }),
    ...sharedDropIns("trading-bot.service", "40-foreign-code", foreignCodeUnits, activate),
    ...withExceptions.map((unit) => deliveredFile(`${unitFolder}/${unit}.d/50-sandbox.conf`, { activate })),
    ...sharedDropIns("trading-bot-guard.service", "10-guard", guardUnits, ["systemctl daemon-reload"]),
  ];
}

/** systemd's unit files can't include another file, so the drop-in of one unit is installed for each of these. */
function sharedDropIns(source: string, name: string, units: string[], commands: string[]): DeliveredFile[] {
  const shared = deliveredFile(`${unitFolder}/${source}.d/${name}.conf`, { activate: commands });
  return units.map((unit) => ({ ...shared, path: `${unitFolder}/${unit}.d/${name}.conf` }));
}
