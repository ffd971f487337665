import type { NetworkReason } from "../../binance/failure.ts";
import { commandAt, computerOf, type Diagnosis, originOf, type Situation, thenRepeat } from "./situation.ts";

/** Why Binance wasn't reached over the network. */
export function diagnoseNetwork(reason: NetworkReason, situation: Situation): Diagnosis {
  switch (reason) {
    case "dns":
      return {
        causes: [
          `DNS on ${computerOf(situation)} doesn't resolve api.binance.com: there is no network, or a filter.`,
        ],
        remedy: `Check: \`${commandAt(situation, "getent hosts api.binance.com")}\`. ${thenRepeat(situation)}`,
      };
    case "connect":
      return {
        causes: ["A firewall blocks the connection, or there is no network."],
        remedy: `Check: \`${commandAt(situation, "curl -4sS https://api.binance.com/api/v3/ping")}\`. ${thenRepeat(situation)}`,
      };
    case "certificate":
      return {
        causes: [
          "Something between here and Binance opens TLS connections: a company's proxy, a virus scanner.",
          `The clock of ${computerOf(situation)} is far off, or its certificates are too old.`,
        ],
        remedy:
          situation.caller === "guard"
            ? "The key was not sent. Check the server's clock: `npm run ssh -- chronyc tracking`."
            : "The key was not sent. Don't bypass this: use another network, or fix the clock.",
      };
    case "tls":
    case "timeout":
    case "closed":
      return {
        causes: [
          originOf(situation) === "the server"
            ? "The server is overloaded, or its connection is bad."
            : "The connection of this computer is bad, or a filter blocks it.",
          "Binance has a technical problem.",
        ],
        remedy: `Wait a minute. ${thenRepeat(situation)}`,
      };
  }
}
