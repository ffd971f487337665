import { type ExportedResource, type ExportedState } from "../stack/exported-state.ts";
import { toSecret } from "../stack/secret-value.ts";

// What is deleted at Hetzner leaves the stack's state, with what belongs to it, so that the program can do without it.

/**
 * The state without a component, such as the volume's, and without everything in it. Nothing depends on them any more.
 *
 * @param urn of something that is in the component
 */
export function withoutComponentOf(state: ExportedState, urn: string): ExportedState {
  const { resources } = state.deployment;
  const component = resources.find((one) => one.urn === urn)?.parent;
  const gone = new Set([urn]);
  // A resource comes after its parent.
  for (const one of resources) {
    if ((component !== undefined && one.urn === component) || gone.has(one.parent ?? "")) {
      gone.add(one.urn);
    }
  }
  const kept = resources.filter((one) => !gone.has(one.urn)).map((one) => withoutReferences(one, gone));
  return { ...state, deployment: { ...state.deployment, resources: kept } };
}

function withoutReferences(one: ExportedResource, gone: ReadonlySet<string>): ExportedResource {
  const { dependencies, propertyDependencies, deletedWith } = one;
  const left = (urns: readonly string[] | null) => urns?.filter((urn) => !gone.has(urn)) ?? null;
  return {
    ...one,
    ...(dependencies && { dependencies: left(dependencies) }),
    ...(propertyDependencies && {
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([name, urns]) => [name, left(urns)]),
      ),
    }),
    ...(deletedWith !== undefined && gone.has(deletedWith) && { deletedWith: undefined }),
  };
}

/**
 * The state in which the order at Hetzner has to be looked at again: its decision has what was deleted, and its price. The
 * next `pulumi up` finds another input than the one in the state.
 */
export function withNewLook(one: ExportedResource): ExportedResource {
  if (one.type !== "command:local:Command" || !one.urn.endsWith("::order")) {
    return one;
  }
  const stdin = toSecret("something was released\n");
  return { ...one, inputs: { ...one.inputs, stdin }, outputs: { ...one.outputs, stdin } };
}
