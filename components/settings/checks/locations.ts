import { closest } from "../closest.ts";
import type { SettingFinding } from "../finding.ts";

interface Location {
  city: string;
  /** How Binance treats customers there: HTTP 451 in the United States; Singapore is closed to many customers. */
  binance: "served" | "refused" | "doubtful";
}

const locations: Record<string, Location> = {
  fsn1: { city: "Falkenstein", binance: "served" },
  nbg1: { city: "Nuremberg", binance: "served" },
  hel1: { city: "Helsinki", binance: "served" },
  ash: { city: "Ashburn, USA", binance: "refused" },
  hil: { city: "Hillsboro, USA", binance: "refused" },
  sin: { city: "Singapore", binance: "doubtful" },
};

/** Where a server may be if no location is set. */
export const servedLocations = Object.entries(locations)
  .filter(([, { binance }]) => binance === "served")
  .map(([name]) => name);

/**
 * @param location undefined if it isn't set
 * @param allowAny accepts locations in which Binance refuses customers, and those that aren't known here
 */
export function checkLocation(location: string | undefined, allowAny: boolean): SettingFinding[] {
  const finding = (
    severity: SettingFinding["severity"],
    problem: string,
    explanation: string,
    instead = "fsn1",
  ): SettingFinding[] => [
    {
      severity,
      setting: "location",
      problem,
      explanation,
      command: `pulumi config set location ${instead}`,
    },
  ];
  if (location === undefined) {
    return [];
  }
  const override = "To use it anyway: pulumi config set allowAnyLocation true";
  const names = Object.keys(locations);
  const known = locations[location];
  if (known === undefined) {
    return allowAny
      ? []
      : finding(
          "error",
          `is ${JSON.stringify(location)}, which is not a known location of Hetzner`,
          `The locations are ${names.join(", ")}. ${override}`,
          closest(location, names),
        );
  }
  if (known.binance === "refused" && !allowAny) {
    return finding(
      "error",
      `is ${location} (${known.city}), where Binance refuses customers`,
      `Binance answers requests from there with HTTP 451. ${override}`,
    );
  }
  if (known.binance === "doubtful") {
    return finding(
      "warning",
      `is ${location} (${known.city}), where Binance refuses many customers`,
      "It depends on your account. The address can't move to another location later.",
    );
  }
  return [];
}

/** Whether it has the form of a server type. hetzner/ looks up whether it can be ordered. */
export function checkServerType(serverType: string | undefined): SettingFinding[] {
  if (serverType === undefined || /^[a-z]+\d+$/.test(serverType)) {
    return [];
  }
  return [
    {
      severity: "error",
      setting: "serverType",
      problem: `is ${JSON.stringify(serverType)}, which is not a server type of Hetzner`,
      explanation:
        "A server type is written like cx23, cax11 or cpx22. Without the setting, the cheapest fitting one is taken.",
      command: "pulumi config rm serverType",
    },
  ];
}
