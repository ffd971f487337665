import { unauthorized } from "./errors.ts";
import { Project } from "./state/project.ts";
import type { SharedState } from "./state/shared-state.ts";

/** Each token gives access to one project only. */
export class Projects {
  /** Maps tokens to their projects. */
  readonly #byToken: Map<string, Project>;

  constructor(tokens: readonly string[], shared: SharedState) {
    this.#byToken = new Map(
      tokens.map((token, index) => [token, new Project(`project-${index + 1}`, shared)]),
    );
  }

  /** @throws ApiError `unauthorized` if the token is missing or unknown */
  authenticate(authorization: string | undefined): Project {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
    const project = token === undefined ? undefined : this.#byToken.get(token);
    if (!project) {
      throw unauthorized();
    }
    return project;
  }

  list(): Project[] {
    return [...this.#byToken.values()];
  }
}
