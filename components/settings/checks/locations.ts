import { locationRefusal, locations } from "../../../checklist/locations.ts";
import { closest } from "../closest.ts";
import type { SettingFinding } from "../finding.ts";

/**
 * @param location undefined if it isn't set
 * @param allowAny accepts locations in which Binance refuses customers, and those that aren't known here
 */
export function checkLocation(
  location: string | undefined,
  allowAny: boolean,
  setting = "location",
): SettingFinding[] {
  const finding = (
    severity: SettingFinding["severity"],
    problem: string,
    explanation: string,
    instead = "fsn1",
  ): SettingFinding[] => [
    {
      severity,
      setting,
      problem,
      explanation,
      command: `pulumi config set ${setting} ${instead}`,
    },
  ];
  if (location === undefined) {
    return [];
  }
  // Messages have it in commands.
  if (!/^[a-z0-9-]+$/.test(location)) {
    return finding(
      "error",
      `is ${JSON.stringify(location)}, which is not the name of a location`,
      "A location is written like fsn1, nbg1 or hel1.",
      closest(location, [...locations.keys()]),
    );
  }
  const refusal = allowAny ? undefined : locationRefusal(location);
  const known = locations.get(location);
  if (refusal !== undefined) {
    const instead = known === undefined ? closest(location, [...locations.keys()]) : undefined;
    return finding("error", refusal.problem, refusal.explanation, instead);
  }
  if (known?.binance === "doubtful") {
    return finding(
      "warning",
      `is ${location} (${known.city}), where Binance refuses many customers`,
      "It depends on your account. `npm run move` moves the address to another location, until a key is installed.",
    );
  }
  return [];
}

/**
 * The location of the standby address: a location as every other, and not the server's.
 *
 * @param location that of the server; if it isn't set, the look at the order compares them
 */
export function checkStandby(
  standby: string | undefined,
  location: string | undefined,
  allowAny: boolean,
): SettingFinding[] {
  if (standby === undefined || standby !== location) {
    return checkLocation(standby, allowAny, "standby");
  }
  return [
    {
      severity: "error",
      setting: "standby",
      problem: `is ${standby}, as the setting location`,
      explanation:
        "A standby address must be at another location, which works if the server's location doesn't.",
      command: `pulumi config set standby ${standby === "hel1" ? "nbg1" : "hel1"}`,
    },
  ];
}

/** Whether it has the form of a server type. hetzner/ looks up whether it can be ordered. */
export function checkServerType(serverType: string | undefined): SettingFinding[] {
  if (serverType === undefined || isServerType(serverType)) {
    return [];
  }
  const lower = serverType.toLowerCase();
  return [
    {
      severity: "error",
      setting: "serverType",
      problem: `is ${JSON.stringify(serverType)}, which is not a server type of Hetzner`,
      explanation:
        "A server type is written like cx23, cax11 or cpx22. Without the setting, the cheapest fitting one is taken.",
      command: isServerType(lower) ? `pulumi config set serverType ${lower}` : "pulumi config rm serverType",
    },
  ];
}

function isServerType(name: string): boolean {
  return /^[a-z]+\d+$/.test(name);
}
