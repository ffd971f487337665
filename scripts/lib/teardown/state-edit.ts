import { editResources, parseExported, withToken } from "../stack/exported-state.ts";

// `pulumi destroy` doesn't run the program, and so refuses to delete a resource that has a hook. With --run-program it
// would need valid settings and a complete stack: an output that is missing is undefined in the program then. So a
// teardown removes the hooks from the state before it deletes, and restores those of what is left.

/** The hooks in a stack's state, by the URN of their resource. */
export type Hooks = ReadonlyMap<string, unknown>;

/**
 * Prepares a stack's state for a teardown: without hooks, and with today's token for Hetzner, because the state has the
 * one of the last `pulumi up`.
 *
 * @param json what `pulumi stack export` printed
 * @returns what `pulumi stack import` reads, and the hooks
 */
export function prepareState(json: string, token: string): { edited: string; hooks: Hooks } {
  const hooks = new Map<string, unknown>();
  const edited = editResources(parseExported(json), ({ resourceHooks, ...rest }) => {
    if (resourceHooks !== undefined) {
      hooks.set(rest.urn, resourceHooks);
    }
    return withToken(rest, token);
  });
  return { edited: JSON.stringify(edited), hooks };
}

/** @returns what `pulumi stack import` reads; undefined if no resource of the hooks is left */
export function withHooks(json: string, hooks: Hooks): string | undefined {
  const urns = new Set<string>();
  const edited = editResources(parseExported(json), (one) => {
    urns.add(one.urn);
    return hooks.has(one.urn) ? { ...one, resourceHooks: hooks.get(one.urn) } : one;
  });
  return [...hooks.keys()].some((urn) => urns.has(urn)) ? JSON.stringify(edited) : undefined;
}
