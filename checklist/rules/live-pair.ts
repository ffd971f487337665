import type { Finding } from "../finding.ts";

/**
 * Whether the pair that is checked is the one with which the bot trades.
 *
 * @param pair the fingerprint of the pair in the settings
 * @param onServer the fingerprint of the server's live pair, or "none"; undefined if it could not be read
 * @returns a finding if they are two
 */
export function findAnotherLivePair(pair: string, onServer: string | undefined): Finding | undefined {
  if (onServer === undefined || onServer === pair) {
    return undefined;
  }
  const title = "The key pair is the one on the server";
  const common = { id: "live-pair", point: undefined, title, verdict: "unknown", known: undefined } as const;
  if (onServer === "none") {
    return { ...common, detail: "The server has no key pair.", remedy: "Install it: `pulumi up`" };
  }
  return {
    ...common,
    detail: `The server's live key pair is ${onServer}. It was not checked: the pair of the settings is ${pair}.`,
    remedy:
      "To install the pair of the settings: `pulumi up`, or `pulumi up --replace '**::key-pair'` if that changes nothing, such as after a roll-back on the server. To check the server's pair, set its two values. Don't delete a key at Binance before you know which one is live.",
  };
}
