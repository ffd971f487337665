import {
  editResources,
  type ExportedResource,
  type ExportedState,
  withToken,
} from "../stack/exported-state.ts";
import type { Step } from "./plan.ts";

type Adoption = Extract<Step, { action: "adopt" }>;

/**
 * The state with what is adopted, and with today's token for Hetzner. A refresh must follow: it reads the rest of the
 * outputs from Hetzner.
 */
export function withAdopted(state: ExportedState, steps: readonly Step[], token: string): ExportedState {
  const adopted = new Map(
    steps.filter((step) => step.action === "adopt").map((step) => [step.record.urn, adoptedRecord(step)]),
  );
  const { deployment, ...rest } = editResources(state, (one) =>
    one.delete === true ? one : (adopted.get(one.urn) ?? withToken(one, token)),
  );
  const present = new Set(deployment.resources.flatMap((one) => (one.delete === true ? [] : [one.urn])));
  // At the end, because what a resource depends on must come before it.
  const added = [...adopted].flatMap(([urn, record]) => (present.has(urn) ? [] : [record]));
  return {
    ...rest,
    deployment: {
      ...deployment,
      resources: [...deployment.resources, ...added],
      pending_operations: undefined,
    },
  };
}

/**
 * Its inputs are those of the order, and so are its outputs until the refresh: the provider keeps of them what Hetzner
 * doesn't show, such as user_data, and would lose it without them.
 */
function adoptedRecord({ record, item }: Adoption): ExportedResource {
  const id = String(item.id);
  const inputs = Object.entries(record.inputs ?? {}).filter(([name]) => name !== "__defaults");
  return { ...record, pendingReplacement: undefined, id, outputs: { ...Object.fromEntries(inputs), id } };
}
