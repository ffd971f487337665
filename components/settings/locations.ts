import type { SettingFinding } from "./finding.ts";
import { closest } from "./unknown-settings.ts";

/**
 * Hetzner's locations, and how Binance treats their addresses: HTTP 451 to the United States; Singapore is
 * closed to many customers.
 */
const locations: Record<
  string,
  { place: string; binance: "served" | "refused" | "doubtful"; european: boolean }
> = {
  fsn1: { place: "Falkenstein", binance: "served", european: true },
  nbg1: { place: "Nuremberg", binance: "served", european: true },
  hel1: { place: "Helsinki", binance: "served", european: true },
  ash: { place: "Ashburn, USA", binance: "refused", european: false },
  hil: { place: "Hillsboro, USA", binance: "refused", european: false },
  sin: { place: "Singapore", binance: "doubtful", european: false },
};

/**
 * Checks where the server would stand.
 *
 * @param allowAny the owner's explicit opt-in to a place where Binance refuses customers, or one unknown here
 */
export function examineLocation(location: string, allowAny: boolean): SettingFinding[] {
  const known = locations[location];
  const override = "If you know better: pulumi config set allowAnyLocation true";
  if (known === undefined) {
    if (allowAny) {
      return [];
    }
    const nearest = closest(location, Object.keys(locations));
    return [
      {
        severity: "error",
        setting: "location",
        problem: `is ${JSON.stringify(location)}, which is no known location of Hetzner`,
        explanation: `The locations are ${Object.keys(locations).join(", ")}. ${override}`,
        command: `pulumi config set location ${nearest ?? "fsn1"}`,
      },
    ];
  }
  if (known.binance === "refused" && !allowAny) {
    return [
      {
        severity: "error",
        setting: "location",
        problem: `is ${location} (${known.place}), where Binance refuses customers`,
        explanation: `Binance answers requests from there with HTTP 451. ${override}`,
        command: "pulumi config set location fsn1",
      },
    ];
  }
  if (known.binance === "doubtful") {
    return [
      {
        severity: "warning",
        setting: "location",
        problem: `is ${location} (${known.place}), where Binance refuses many customers`,
        explanation:
          "Whether yours is among them depends on your account. The address can't move to another location.",
        command: "pulumi config set location fsn1",
      },
    ];
  }
  return [];
}

/** Servers of the CX and CAX lines are sold in the EU only (Hetzner's server types, June 2026). */
export function examineServerType(serverType: string, location: string): SettingFinding[] {
  const setting = "serverType";
  if (!/^[a-z]+\d+$/.test(serverType)) {
    return [
      {
        severity: "error",
        setting,
        problem: `is ${JSON.stringify(serverType)}, which is no server type of Hetzner`,
        explanation: "A server type is written like cx23, cax11 or cpx22.",
        command: "pulumi config set serverType cx23",
      },
    ];
  }
  if (/^(cx|cax)\d/.test(serverType) && locations[location]?.european === false) {
    return [
      {
        severity: "error",
        setting,
        problem: `is ${serverType}, which is sold in the EU only, while location is ${location}`,
        explanation: "In the USA and in Singapore Hetzner sells the CPX and CCX lines.",
        command: "pulumi config set serverType cpx12",
      },
    ];
  }
  return [];
}
