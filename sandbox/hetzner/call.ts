import type { Project } from "./state/project.ts";

/** A request that was authenticated and routed, and whose body was parsed as JSON. */
export interface Call {
  project: Project;
  /** The values of `:id` and `:action_id` in the route's path; empty if it has none. */
  params: { id: string; action_id: string };
  query: Record<string, string | string[]>;
  /** Undefined if there was none. */
  body: unknown;
}

/** The answer of a call that succeeded. Errors are thrown. */
export interface Reply {
  status: 200 | 201 | 204;
  body?: object;
  headers?: Record<string, string>;
}

/** A method, a path below /v1, and the function that answers. */
export type Route = readonly [
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  call: (call: Call) => Reply,
];

export function ok(body: object, headers: Record<string, string> = {}): Reply {
  return { status: 200, body, headers };
}

export function created(body: object): Reply {
  return { status: 201, body };
}

export const noContent: Reply = { status: 204 };
