import { randomUUID } from "node:crypto";
import type { ExportedResource, ExportedState } from "../stack/exported-state.ts";
import { addressRecord } from "./server-import.ts";

/**
 * The state of a stack whose server was found at Hetzner, with which of the stack's two addresses the server has
 * (components/active-address.ts). Without it, the next `pulumi up` would move a server at the standby address to the first one.
 *
 * @param prefix of the stack's URNs, such as "urn:pulumi:prod::trading-bot-server"
 * @param ip the server's address
 */
export function withActiveAddress(
  state: ExportedState,
  prefix: string,
  ip: string | undefined,
): ExportedState {
  const { deployment } = state;
  if (ip === undefined || addressRecord(state, ip)?.urn.endsWith("::standby") !== true) {
    return state;
  }
  const urn = `${prefix}::pulumi:index:Stash::active-address`;
  const provider =
    deployment.resources.find(({ type }) => type === "pulumi:providers:pulumi") ?? providerRecord(prefix);
  const root = deployment.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const stash: ExportedResource = {
    urn,
    custom: true,
    id: randomUUID(),
    type: "pulumi:index:Stash",
    inputs: { input: "first" },
    outputs: { input: "first", output: "standby" },
    provider: `${provider.urn}::${provider.id ?? ""}`,
    ...(root !== undefined && { parent: root.urn }),
  };
  const others = deployment.resources.filter((one) => one !== provider && one.urn !== urn);
  // A record is below those that it names.
  return { ...state, deployment: { ...deployment, resources: [provider, ...others, stash] } };
}

/** The engine's own one, which keeps such values. */
function providerRecord(prefix: string): ExportedResource {
  return {
    urn: `${prefix}::pulumi:providers:pulumi::default`,
    custom: true,
    id: randomUUID(),
    type: "pulumi:providers:pulumi",
  };
}
