import {
  type Endpoint,
  isUnencrypted,
  removal,
  unencryptedExplanation,
  unencryptedProblem,
} from "../../../hetzner/endpoint.ts";
import type { SettingFinding } from "../finding.ts";

/** The token goes to this address with each call, so the connection must be encrypted. */
export function checkEndpoint(endpoint: Endpoint): SettingFinding[] {
  if (!isUnencrypted(endpoint)) {
    return [];
  }
  return [
    {
      severity: "error",
      setting: endpoint.source,
      problem: unencryptedProblem,
      explanation: unencryptedExplanation,
      command: removal(endpoint),
    },
  ];
}
