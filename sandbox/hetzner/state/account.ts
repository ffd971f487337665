import type { Conditions } from "../conditions.ts";
import { resourceLimitExceeded } from "../errors.ts";

/** What counts in a project. */
interface Project {
  servers: { list(): unknown[] };
  primaryIps: { list(): unknown[] };
}

/** The owner of all projects. Documented: limits are those of the account. */
export class Account {
  readonly #projects: Project[] = [];

  add(project: Project): void {
    this.#projects.push(project);
  }

  /**
   * Assumed: addresses of IPv4 and IPv6 count together, and the limit of servers is checked first.
   *
   * @param wanted how many more of each kind are ordered
   * @throws ApiError `resource_limit_exceeded`
   */
  requireRoom(limits: Conditions["limits"], wanted: { servers: number; primaryIps: number }): void {
    const servers = wanted.servers + this.#count(({ servers: store }) => store);
    if (wanted.servers > 0 && servers > (limits.servers ?? Infinity)) {
      throw resourceLimitExceeded("server_limit");
    }
    const primaryIps = wanted.primaryIps + this.#count(({ primaryIps: store }) => store);
    if (wanted.primaryIps > 0 && primaryIps > (limits.primaryIps ?? Infinity)) {
      throw resourceLimitExceeded("primary_ip_limit");
    }
  }

  #count(storeOf: (project: Project) => { list(): unknown[] }): number {
    return this.#projects.flatMap((project) => storeOf(project).list()).length;
  }
}
