import { tokenReadonly, unauthorized } from "./errors.ts";
import { Project } from "./state/project.ts";
import type { SharedState } from "./state/shared-state.ts";

/** Each token gives access to one project only. */
export class Projects {
  /** Maps tokens to their projects. */
  readonly #byToken: Map<string, Project>;
  readonly #shared: SharedState;

  constructor(tokens: readonly string[], shared: SharedState) {
    this.#shared = shared;
    this.#byToken = new Map(
      tokens.map((token, index) => [token, new Project(`project-${index + 1}`, shared)]),
    );
  }

  /**
   * @throws ApiError `unauthorized` if the token is missing, unknown or revoked; `token_readonly` if it may not use the
   * method
   */
  authenticate(authorization: string | undefined, method: string): Project {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
    const project = token === undefined ? undefined : this.#byToken.get(token);
    const restriction = project && this.#shared.conditions.tokens[project.name];
    if (!project || restriction === "revoked") {
      throw unauthorized();
    }
    if (restriction === "read-only" && method !== "GET") {
      throw tokenReadonly();
    }
    return project;
  }

  list(): Project[] {
    return [...this.#byToken.values()];
  }
}
