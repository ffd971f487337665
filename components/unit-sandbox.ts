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

/** Only what runs is restarted: nothing is there yet on a new server, and server-files can be older than bot-control. */
const activate = [
  "systemctl daemon-reload",
  "systemctl try-restart trading-bot-resolver || ! systemctl cat trading-bot-resolver",
  `! [ -x ${botControl} ] || ${botControl} apply`,
];

/**
 * The sandbox of all our units, and each unit's exceptions. They are one delivery, before the units themselves, so that
 * no unit ever runs without its sandbox, or without its exceptions.
 */
export function unitSandbox(): DeliveredFile[] {
  return [
    deliveredFile(`${unitFolder}/trading-.service.d/00-sandbox.conf`, { activate }),
    ...withExceptions.map((unit) => deliveredFile(`${unitFolder}/${unit}.d/50-sandbox.conf`, { activate })),
  ];
}
