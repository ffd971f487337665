import type { Situation } from "./situation.ts";

/** Refuses a location setting that the address isn't in: a Primary IP can't move. */
export function problemsOfMove({ wanted, addressLocation, addressIp }: Situation): string[] {
  const { location, replaces } = wanted;
  if (
    location === undefined ||
    addressLocation === undefined ||
    location === addressLocation ||
    replaces === "server-and-address"
  ) {
    return [];
  }
  return [
    [
      `The setting location is ${location}, but the address ${addressIp ?? ""} is in ${addressLocation}, and an address can't move.`,
      "A server elsewhere would need another address, which isn't in the whitelist at Binance.",
      `To stay, run: pulumi config set location ${addressLocation}`,
      `To move while no key is installed, which gives you another address, run: npm run move -- ${location}`,
      `To move later, create a second stack in ${location}, whitelist its address at Binance, and then delete this stack (npm run teardown).`,
    ].join("\n"),
  ];
}
