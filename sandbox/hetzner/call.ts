import type { Project } from "./state/project.ts";

/** One request, as the calls see it: authenticated, routed, its body parsed as JSON. */
export interface Call {
  project: Project;
  /** What stands in the place of `:id` and `:action_id` in the route's path; empty where it has none. */
  params: { id: string; action_id: string };
  query: Record<string, string | string[]>;
  /** Undefined where there was none. */
  body: unknown;
}

/** What a call answers; errors are thrown. */
export interface Reply {
  status: 200 | 201 | 204;
  body?: object;
  headers?: Record<string, string>;
}

/** A method, a path below /v1 and what is done there. */
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
