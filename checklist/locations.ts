/** A location of Hetzner, and how Binance treats requests from there. */
interface Location {
  city: string;
  /** "refused": HTTP 451, as in the United States. "doubtful": closed to many customers, as Singapore. */
  binance: "served" | "refused" | "doubtful";
}

export const locations: ReadonlyMap<string, Location> = new Map([
  ["fsn1", { city: "Falkenstein", binance: "served" }],
  ["nbg1", { city: "Nuremberg", binance: "served" }],
  ["hel1", { city: "Helsinki", binance: "served" }],
  ["ash", { city: "Ashburn, USA", binance: "refused" }],
  ["hil", { city: "Hillsboro, USA", binance: "refused" }],
  ["sin", { city: "Singapore", binance: "doubtful" }],
]);

/** Where a server may be if no location is set. */
export const servedLocations = [...locations]
  .filter(([, { binance }]) => binance === "served")
  .map(([name]) => name);

/** Why no server should be at a location, unless the setting allowAnyLocation is true. */
export interface LocationRefusal {
  /** Follows the setting's name: "is ash (Ashburn, USA), where …". */
  problem: string;
  explanation: string;
}

/** @returns undefined if Binance serves customers there, at least some */
export function locationRefusal(location: string): LocationRefusal | undefined {
  const override = "To use it anyway: pulumi config set allowAnyLocation true";
  const known = locations.get(location);
  if (known === undefined) {
    return {
      problem: `is ${JSON.stringify(location)}, which is not a known location of Hetzner`,
      explanation: `The locations are ${[...locations.keys()].join(", ")}. ${override}`,
    };
  }
  return known.binance === "refused"
    ? {
        problem: `is ${location} (${known.city}), where Binance refuses customers`,
        explanation: `Binance answers requests from there with HTTP 451. ${override}`,
      }
    : undefined;
}
