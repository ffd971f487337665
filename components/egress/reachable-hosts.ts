import type { AllowedHost } from "../../checklist/hosts/allowed-host.ts";

/** What the programs on the server may reach, besides the exchange. */
export interface ReachableHosts {
  bot: readonly AllowedHost[];
  /** The https addresses that the guard sends to, such as the webhook's. */
  guard: readonly string[];
}
