import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";

// A stack's state as it is exported, for those who change something in it and import it again.

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  /** Deleted already, or about to be: a newer one takes its place. */
  delete: z.boolean().optional(),
  resourceHooks: z.unknown().optional(),
  inputs: z.looseObject({}).optional(),
  outputs: z.looseObject({}).optional(),
});
export type ExportedResource = z.output<typeof resource>;

/** What `pulumi stack export` prints. Everything that isn't named here is kept as it is. */
const exported = z.looseObject({
  deployment: z.looseObject({ resources: z.array(resource).default([]) }),
});
export type ExportedState = z.output<typeof exported>;

/** @throws UserError that shows nothing of the state */
export function parseExported(json: string): ExportedState {
  const { data } = exported.safeParse(parseJson(json));
  if (data === undefined) {
    throw notAState();
  }
  return data;
}

/** The state with each of its resources edited. */
export function editResources(
  state: ExportedState,
  edit: (one: ExportedResource) => ExportedResource,
): ExportedState {
  const { deployment } = state;
  return { ...state, deployment: { ...deployment, resources: deployment.resources.map(edit) } };
}

export function notAState(): UserError {
  return new UserError(
    "The Pulumi CLI printed something other than a stack's state. Is its version current?",
  );
}
