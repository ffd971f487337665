import { closest } from "../closest.ts";
import type { SettingFinding } from "../finding.ts";

interface Location {
  city: string;
  /** How Binance treats customers there: HTTP 451 in the United States; Singapore is closed to many customers. */
  binance: "served" | "refused" | "doubtful";
  european: boolean;
}

const locations: Record<string, Location> = {
  fsn1: { city: "Falkenstein", binance: "served", european: true },
  nbg1: { city: "Nuremberg", binance: "served", european: true },
  hel1: { city: "Helsinki", binance: "served", european: true },
  ash: { city: "Ashburn, USA", binance: "refused", european: false },
  hil: { city: "Hillsboro, USA", binance: "refused", european: false },
  sin: { city: "Singapore", binance: "doubtful", european: false },
};

/** @param allowAny accepts locations in which Binance refuses customers, and those that aren't known here */
export function checkLocation(location: string, allowAny: boolean): SettingFinding[] {
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

/** The CX and CAX lines are sold in the EU only (Hetzner's server types, June 2026). */
export function checkServerType(serverType: string, location: string): SettingFinding[] {
  const error = (problem: string, explanation: string, instead: string): SettingFinding[] => [
    {
      severity: "error",
      setting: "serverType",
      problem,
      explanation,
      command: `pulumi config set serverType ${instead}`,
    },
  ];
  if (!/^[a-z]+\d+$/.test(serverType)) {
    return error(
      `is ${JSON.stringify(serverType)}, which is not a server type of Hetzner`,
      "A server type is written like cx23, cax11 or cpx22.",
      "cx23",
    );
  }
  if (/^(cx|cax)\d/.test(serverType) && locations[location]?.european === false) {
    return error(
      `is ${serverType}, which is sold in the EU only, but location is ${location}`,
      "In the USA and in Singapore, Hetzner sells the CPX and CCX lines.",
      "cpx12",
    );
  }
  return [];
}
