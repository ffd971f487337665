import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";
import { toSecret } from "./secret-value.ts";

// A stack's state as it is exported, for those who change something in it and import it again.

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  /** A component has none. */
  id: z.string().optional(),
  parent: z.string().optional(),
  dependencies: z.array(z.string()).nullish(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
  deletedWith: z.string().optional(),
  /** Deleted already, or about to be: a newer one takes its place. */
  delete: z.boolean().optional(),
  /** Deleted at the provider, and not made again yet. */
  pendingReplacement: z.boolean().optional(),
  resourceHooks: z.unknown().optional(),
  inputs: z.looseObject({}).optional(),
  outputs: z.looseObject({}).optional(),
});
export type ExportedResource = z.output<typeof resource>;

/** What `pulumi stack export` prints. Everything that isn't named here is kept as it is. */
const exported = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(resource).default([]),
    /** What an `up` was doing when it was killed. An import of the state drops them. */
    pending_operations: z.array(z.looseObject({ type: z.string(), resource })).optional(),
  }),
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

/** The provider of Hetzner with today's token: the state has the one of the last `pulumi up`. The import encrypts it. */
export function withToken(one: ExportedResource, token: string): ExportedResource {
  if (one.type !== "pulumi:providers:hcloud") {
    return one;
  }
  const secret = toSecret(token);
  const { inputs, outputs } = one;
  return { ...one, inputs: { ...inputs, token: secret }, outputs: { ...outputs, token: secret } };
}

export function notAState(): UserError {
  return new UserError(
    "The Pulumi CLI printed something other than a stack's state. Is its version current?",
  );
}
